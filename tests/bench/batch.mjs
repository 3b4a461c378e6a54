// The official client, 16 in flight, as `script/bench batch` wants it: batch.mjs URL FILE...

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The packages are where this is run.
const require = createRequire(join(process.cwd(), 'batch.mjs'));
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const rocketmq = require('@alicloud/rocketmq20220801');

const [url, ...files] = process.argv.slice(2);
const client = new rocketmq.default(new $OpenApiUtil.Config({
    endpoint: new URL(url).host, protocol: 'http', regionId: 'cn-hangzhou',
    accessKeyId: 'SANDBOX-ACCESS-KEY-ID', accessKeySecret: 'sandbox-access-key-secret',
}));

let next = 0;
async function work() {
    while (next < files.length) {
        const body = JSON.parse(readFileSync(files[next++], 'utf8'));
        body.instances = body.instances.map(
            (instance) => new rocketmq.CreateDisasterRecoveryPlanRequestInstances(instance));
        const answer = await client.createDisasterRecoveryPlan(new rocketmq.CreateDisasterRecoveryPlanRequest(body));
        if (!answer.body.success) throw new Error(JSON.stringify(answer.body));
    }
}
await Promise.all(Array.from({ length: 16 }, work));
