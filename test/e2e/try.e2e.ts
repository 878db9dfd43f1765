import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { OWNER } from './n8n';
import { say } from './say';
import { readTemplates } from './stage';
import { until } from './until';

let child: ChildProcess | undefined;

afterAll(async () => {
	if (child === undefined || child.exitCode !== null) return;
	child.kill('SIGTERM');
	await once(child, 'exit');
});

test('npm run try gives an editor with the templates to log in to, and ends with Ctrl-C', async () => {
	const started = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'try.ts')], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	child = started;
	let output = '';
	started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	await until('it says how it ends', async () => {
		if (started.exitCode !== null) throw new Error(`It ended with ${started.exitCode}: ${output}`);
		return output.includes('Ctrl-C');
	});
	say(output.trim().replaceAll(/\s*\n\s*/g, ' / '));
	expect(output).toContain(`log in with ${OWNER.email} / ${OWNER.password}`);

	const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
	const login = await fetch(`${url}/rest/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ emailOrLdapLoginId: OWNER.email, password: OWNER.password }),
	});
	expect(login.status).toBe(200);
	const reply = await fetch(`${url}/rest/workflows`, {
		headers: { cookie: login.headers.getSetCookie().join('; ') },
	});
	const { data } = (await reply.json()) as { data: Array<{ name: string }> };
	const templates = [...(await readTemplates()).values()];
	expect(data.map(({ name }) => name).sort()).toEqual(templates.map(({ name }) => name).sort());

	const ended = once(started, 'exit');
	started.kill('SIGINT');
	await expect(ended).resolves.toEqual([0, null]);
	await expect(fetch(url)).rejects.toThrow('fetch failed');
	say('Ctrl-C ended it, with exit code 0');
});
