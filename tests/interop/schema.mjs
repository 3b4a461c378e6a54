// `drplan schema` and `drplan validate` must say the same of a body. ajv is the judge of the schema; the bodies are
// the examples, changed at random but the same in every run.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const Ajv2020 = require('ajv/dist/2020').default;

const [program, examples] = process.argv.slice(2);
const BODIES = 800;

// Numerical Recipes' generator: good enough to shuffle, and the same everywhere.
let seed = 20220801;
function chance(below) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
}
const oneOf = (list) => list[chance(list.length)];

const schema = JSON.parse(execFileSync(program, ['schema'], { encoding: 'utf8' }));
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
const holds = ajv.compile(schema);

const seeds = readdirSync(examples)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(examples, name), 'utf8')));
assert.ok(seeds.length >= 5, 'the examples are there');

// References to secrets and drplan's own settings are drplan's, not the service's.
function plainBody(draft) {
    const body = structuredClone(draft);
    delete body.$drplan;
    for (const instance of body.instances)
        for (const [name, value] of Object.entries(instance))
            if (typeof value === 'object') instance[name] = 'hidden-word';
    return body;
}

const instanceFields = Object.keys(schema.$defs.instance.properties);
const values = {
    planType: ['ACTIVE_PASSIVE', 'ACTIVE_ACTIVE', 'BOTH', ''],
    instanceType: ['ALIYUN_ROCKETMQ', 'EXTERNAL_ROCKETMQ', 'OTHER'],
    instanceRole: ['ACTIVE', 'PASSIVE', 'NEITHER'],
    networkType: ['TCP_INTERNET', 'TCP_VPC'],
    authType: ['NO_AUTH', 'ACL_AUTH', 'STS_AUTH'],
    messageProperty: ['{}'],
};
const wrong = [7, true, null, [], {}, ''];

function someValue(name) {
    if (chance(5) === 0) return oneOf(wrong);
    return oneOf(values[name] ?? ['text', 'rmq-cn-1', 'vpc-1', 'sg-1', '203.0.113.10:9876']);
}

function changeInstance(instance) {
    const name = oneOf(instanceFields);
    if (chance(2) === 0) delete instance[name];
    else instance[name] = someValue(name);
}

function changePlan(body) {
    switch (chance(8)) {
    case 0: delete body[oneOf(Object.keys(body))]; break;
    case 1: body.planName = oneOf(['another', '', 7, null]); break;
    case 2: body.planType = someValue('planType'); break;
    case 3: body[oneOf(['syncCheckpointEnabled', 'autoSyncCheckpoint'])] = oneOf([true, false, 'true', 1, null]); break;
    case 4: body.instances = oneOf([[], body.instances?.slice?.(0, 1) ?? [], 'two', null]); break;
    case 5: body.furtherMember = 1; break;
    default: if (Array.isArray(body.instances)) body.instances.push({ instanceType: 'ALIYUN_ROCKETMQ' });
    }
}

function someBody() {
    const body = plainBody(oneOf(seeds));
    for (let changes = chance(4); changes > 0; changes--) {
        if (chance(4) === 0) changePlan(body);
        else if (Array.isArray(body.instances) && body.instances.length > 0) changeInstance(oneOf(body.instances));
    }
    return body;
}

// The schema is that of the body as it is sent. A draft may hold more: a null, which counts as not given, and values of
// fields that do not apply. They are left out, so it is the rendered body that has to fit.
const rendered = (name) => JSON.parse(execFileSync(program, ['render', '--show-secrets', name], { encoding: 'utf8' }));

const folder = mkdtempSync(join(tmpdir(), 'drplan-schema-'));
let valid = 0;
try {
    const bodies = Array.from({ length: BODIES }, someBody);
    const names = bodies.map((body, index) => {
        const name = join(folder, `${index}.json`);
        writeFileSync(name, JSON.stringify(body));
        return name;
    });
    const run = spawnSync(program, ['validate', '--json', ...names], { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.ok(run.status === 0 || run.status === 3, `drplan validate ended with ${run.status}: ${run.stderr}`);
    const said = run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.equal(said.length, BODIES);

    let leftOut = 0;
    bodies.forEach((body, index) => {
        const { valid: byProgram, problems } = said[index];
        const bySchema = holds(body);
        const why = () => JSON.stringify({ body, schema: holds.errors, problems }, null, 1);
        valid += bySchema ? 1 : 0;
        if (bySchema === byProgram) return;
        assert.ok(byProgram, `validate finds an error that the schema does not: ${why()}`);
        assert.ok(holds(rendered(names[index])), `what would be sent does not fit the schema: ${why()}`);
        leftOut += 1;
    });
    assert.ok(leftOut < BODIES / 20, `${leftOut} of ${BODIES} bodies fit only after something was left out`);
    assert.ok(valid > BODIES / 10 && valid < BODIES * 0.9, `${valid} of ${BODIES} are valid: a one-sided test`);
    console.log(`${BODIES} bodies, ${valid} of them valid: schema and validate agree`);
} finally {
    rmSync(folder, { recursive: true });
}
