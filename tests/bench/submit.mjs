// One create call with the official client: node submit.mjs PORT DRAFT. Run where the client is installed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const rocketmq = require('@alicloud/rocketmq20220801');

const [port, draft] = process.argv.slice(2);
const fields = JSON.parse(readFileSync(draft, 'utf8'));
const client = new rocketmq.default(new $OpenApiUtil.Config({
    endpoint: `127.0.0.1:${port}`, protocol: 'http', regionId: 'cn-hangzhou',
    accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
}));
const { body } = await client.createDisasterRecoveryPlan(new rocketmq.CreateDisasterRecoveryPlanRequest({
    ...fields,
    instances: fields.instances.map((one) => new rocketmq.CreateDisasterRecoveryPlanRequestInstances(one)),
}));
process.exit(body.success && body.data === 1234 ? 0 : 1);
