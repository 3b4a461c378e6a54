// The sandbox must take what the official client sends, and refuse it when it comes twice or changed.
//
// The client talks through a relay that writes down the bytes, so that they can be sent once more.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const rocketmq = require('@alicloud/rocketmq20220801');

const accessKeyId = 'SANDBOX-ACCESS-KEY-ID';
const accessKeySecret = 'sandbox-access-key-secret';

async function startSandbox(program) {
    const child = spawn(program, ['sandbox', '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = await Promise.race([
        once(createInterface({ input: child.stdout }), 'line'),
        once(child, 'exit').then(([code]) => { throw new Error(`the sandbox ended with code ${code}`); }),
    ]);
    const match = /^listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(line);
    assert.ok(match, `the sandbox said: ${line}`);
    return { child, port: Number(match[1]) };
}

async function startRelay(port) {
    let chunks = [];
    const server = net.createServer((client) => {
        const upstream = net.connect(port, '127.0.0.1');
        client.on('data', (chunk) => chunks.push(chunk));
        client.pipe(upstream).pipe(client);
        client.on('error', () => upstream.destroy());
        upstream.on('error', () => client.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        port: server.address().port,
        // The bytes that the client sends while `call` runs: one request, for the client keeps its connections.
        async bytesOf(call) {
            chunks = [];
            await call();
            return Buffer.concat(chunks);
        },
    };
}

function clientOf(port, credentials) {
    const config = new $OpenApiUtil.Config({
        endpoint: `127.0.0.1:${port}`, protocol: 'http', regionId: 'cn-hangzhou', ...credentials,
    });
    return new rocketmq.default(config);
}

// The status and the JSON of the answer to bytes that are sent as they are.
async function sendRaw(port, bytes) {
    const socket = net.connect(port, '127.0.0.1');
    const chunks = [];
    socket.write(bytes);
    for await (const chunk of socket) {
        chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text);
        const body = text.indexOf('\r\n\r\n') + 4;
        if (length && body > 3 && Buffer.byteLength(text.slice(body)) >= Number(length[1]))
            return { status: Number(text.split(' ')[1]), json: JSON.parse(text.slice(body)) };
    }
    throw new Error('the sandbox closed without an answer');
}

function planRequest(fields) {
    return new rocketmq.CreateDisasterRecoveryPlanRequest({
        planName: 'orders (北京 → Singapur)*',
        planDesc: '',
        planType: 'ACTIVE_PASSIVE',
        autoSyncCheckpoint: false,
        syncCheckpointEnabled: true,
        instances: [
            new rocketmq.CreateDisasterRecoveryPlanRequestInstances({
                instanceType: 'ALIYUN_ROCKETMQ', instanceRole: 'ACTIVE', regionId: 'cn-hangzhou',
                instanceId: 'rmq-cn-source', authType: 'NO_AUTH',
            }),
            new rocketmq.CreateDisasterRecoveryPlanRequestInstances({
                instanceType: 'EXTERNAL_ROCKETMQ', instanceRole: 'PASSIVE', regionId: 'ap-southeast-1',
                endpointUrl: '203.0.113.7:9876', networkType: 'TCP_VPC', vpcId: 'vpc-1', vSwitchId: 'vsw-1',
                securityGroupId: 'sg-1', authType: 'ACL_AUTH', username: 'admin', password: 'not-a-real-password',
            }),
        ],
        ...fields,
    });
}

const checks = {
    async 'what the client creates is there'({ client }) {
        const created = (await client.createDisasterRecoveryPlan(planRequest())).body;
        assert.equal(created.success, true);
        assert.ok(Number.isInteger(created.data));

        const filter = 'orders (北京 → Singapur)*';
        const listed = (await client.listDisasterRecoveryPlans(
            new rocketmq.ListDisasterRecoveryPlansRequest({ filter, pageNumber: 1, pageSize: 10 }))).body;
        assert.equal(listed.data.totalCount, 1);
        assert.equal(listed.data.list[0].planId, created.data);
        assert.ok(!JSON.stringify(listed).includes('not-a-real-password'));

        const plan = (await client.getDisasterRecoveryPlan(created.data)).body.data;
        assert.equal(plan.planName, filter);
        assert.equal(plan.planStatus, 'CREATED');
        assert.equal(plan.instances.length, 2);
    },

    async 'the client finds what the account has'({ client }) {
        const regions = (await client.listRegions()).body.data;
        assert.ok(regions.some((region) => region.regionId === 'cn-hangzhou' && region.supportRocketmqV5));
        const page = (await client.listInstances(
            new rocketmq.ListInstancesRequest({ pageNumber: 2, pageSize: 200 }))).body.data;
        assert.equal(page.totalCount, 300);
        assert.equal(page.list.length, 100);
        const { instanceId } = page.list.find((instance) => instance.instanceId.startsWith('rmq-'));
        const instance = (await client.getInstance(instanceId)).body.data;
        assert.ok(instance.networkInfo.vpcInfo.vpcId.startsWith('vpc-'));
        assert.match(instance.software.softwareVersion, /^5[.]/);
        const accounts = (await client.listInstanceAccount(instanceId,
            new rocketmq.ListInstanceAccountRequest({ pageNumber: 1, pageSize: 10 }))).body.data;
        assert.ok(accounts.list.some((account) => account.username === instance.accountInfo.username));
        const groups = (await client.listConsumerGroups(instanceId,
            new rocketmq.ListConsumerGroupsRequest({ filter: 'GID_', pageNumber: 1, pageSize: 10 }))).body.data;
        assert.ok(groups.totalCount >= 3);
        await assert.rejects(client.getInstance('rmq-cn-none'), { code: 'Instance.NotFound' });
    },

    async 'a query of odd characters is understood'({ client }) {
        const filter = "a b+c*d~e/f!'()&=%é";
        const listed = (await client.listDisasterRecoveryPlans(
            new rocketmq.ListDisasterRecoveryPlansRequest({ filter }))).body;
        assert.equal(listed.data.totalCount, 0);
    },

    async 'a client with a session token is taken'({ relay }) {
        const client = clientOf(relay.port, { accessKeyId, accessKeySecret, securityToken: 'token', type: 'sts' });
        assert.equal((await client.listDisasterRecoveryPlans(
            new rocketmq.ListDisasterRecoveryPlansRequest({}))).body.success, true);
    },

    async 'the same bytes are refused the second time'({ client, relay, sandbox }) {
        const bytes = await relay.bytesOf(() => client.createDisasterRecoveryPlan(planRequest({ planName: 'once' })));
        const { status, json } = await sendRaw(sandbox.port, bytes);
        assert.equal(status, 400);
        assert.equal(json.Code, 'SignatureNonceUsed');
    },

    async 'the same request with one byte of its body changed is refused'({ client, relay, sandbox }) {
        const bytes = await relay.bytesOf(() => client.createDisasterRecoveryPlan(planRequest({ planName: 'whole' })));
        const at = bytes.indexOf('"whole"') + 1;
        assert.ok(at > 0);
        bytes[at] = 'W'.charCodeAt(0);
        const { status, json } = await sendRaw(sandbox.port, bytes);
        assert.equal(status, 400);
        assert.equal(json.Code, 'SignatureDoesNotMatch');
        assert.match(json.Message, /server string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}/);
    },

    async 'a wrong secret and an unknown key are told apart'({ relay }) {
        const call = (credentials) => clientOf(relay.port, credentials).listDisasterRecoveryPlans(
            new rocketmq.ListDisasterRecoveryPlansRequest({}));
        await assert.rejects(call({ accessKeyId, accessKeySecret: 'another' }), { code: 'SignatureDoesNotMatch' });
        await assert.rejects(call({ accessKeyId: 'LTAI0000', accessKeySecret }),
            { code: 'InvalidAccessKeyId.NotFound' });
    },

    async 'the client reads what the sandbox refuses'({ client }) {
        await assert.rejects(client.createDisasterRecoveryPlan(planRequest({ planType: undefined })),
            (error) => error.code === 'MissingPlanType' && error.statusCode === 400);
        await assert.rejects(client.createDisasterRecoveryPlan(new rocketmq.CreateDisasterRecoveryPlanRequest({})),
            { code: 'MissingPlanName' });
        await assert.rejects(client.getDisasterRecoveryPlan(7),
            (error) => error.code === 'DisasterRecoveryPlan.NotFound' && error.statusCode === 404);
    },

    async 'what was refused was not created'({ client }) {
        const listed = (await client.listDisasterRecoveryPlans(
            new rocketmq.ListDisasterRecoveryPlansRequest({}))).body;
        assert.deepEqual(listed.data.list.map((plan) => plan.planName).sort(),
            ['once', 'orders (北京 → Singapur)*', 'whole']);
    },
};

const sandbox = await startSandbox(process.argv[2]);
let failures = 0;
try {
    const relay = await startRelay(sandbox.port);
    const client = clientOf(relay.port, { accessKeyId, accessKeySecret });
    for (const [name, check] of Object.entries(checks)) {
        try {
            await check({ client, relay, sandbox });
            console.log(`ok      ${name}`);
        } catch (error) {
            failures++;
            console.log(`not ok  ${name}\n${error.stack}`);
        }
    }
} finally {
    sandbox.child.kill();
}
process.exit(failures ? 1 : 0);
