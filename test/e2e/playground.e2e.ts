import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OWNER } from './n8n';
import { say } from './say';
import { readTemplates } from './stage';
import { until } from './until';

let child: ChildProcess | undefined;

afterEach(async () => {
	if (child === undefined || child.exitCode !== null) return;
	child.kill('SIGTERM');
	await once(child, 'exit');
});

/** Starts a script that opens the editor, and waits until it says how it ends. */
async function open(script: string) {
	const started = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, script)], {
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
	return {
		url: /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '',
		log: /n8n's log in (.+)/.exec(output)?.[1] ?? '',
		output: () => output,
		interrupt: async () => {
			const ended = once(started, 'exit');
			started.kill('SIGINT');
			return await ended;
		},
	};
}

test('npm run check -- try gives an editor with the templates to log in to, and ends with Ctrl-C', async () => {
	const { url, interrupt } = await open('try.ts');

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

	await expect(interrupt()).resolves.toEqual([0, null]);
	await expect(fetch(url)).rejects.toThrow('fetch failed');
	say('Ctrl-C ended it, with exit code 0');
});

describe('npm run dev', () => {
	/** A file that only this test saves. */
	const saved = path.resolve(__dirname, '../../nodes/savedByTest.ts');

	afterEach(async () => await rm(saved, { force: true }));

	test('has n8n load the package again when a file of it is saved, and ends with Ctrl-C', async () => {
		const { log, output, interrupt } = await open('dev.ts');
		const reloads = async () =>
			(await readFile(log, 'utf8')).split('Hot reload triggered for n8n-nodes-zoho-email-hygiene')
				.length - 1;
		await until('the compiler waits for changes', async () => output().includes('Watching for'));
		let before = 0;
		await until('n8n has loaded what was compiled first', async () => {
			const seen = before;
			before = await reloads();
			await sleep(2_000);
			return before > 0 && before === seen;
		});

		await writeFile(saved, `export const savedAt = ${Date.now()};\n`);
		await until('n8n has loaded it', async () => (await reloads()) > before);
		say('n8n has loaded the package again');

		await expect(interrupt()).resolves.toEqual([0, null]);
	});
});
