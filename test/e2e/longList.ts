/** The template of the desk in a real n8n, and a CSV as people have them. */
import type { Limit } from '../fake-zoho';
import type { Stage } from './stage';
import { readTemplates, withCredential } from './stage';
import { until } from './until';
import { nodeNamed, type WorkflowFile } from './workflow';

/** Whoever may use the desk. */
export const LOGIN = { username: 'desk', password: 'Long-List-1' };
export const FORM = '/form/do-not-mail-upload';
export const PAGE = '/webhook/do-not-mail-desk';

/** Settings that a person can change in the template: seconds between runs, the life of a claim. */
export interface Pace {
	everySeconds: number;
	claimMinutes: number;
	/** How long the desk pauses in trouble, each time. */
	troubleMinutes?: number;
	limit?: Limit;
}

/** Imports the template with its credentials chosen, and publishes it. Returns the workflow's id. */
export async function openDesk(stage: Stage, credential: string, pace?: Pace): Promise<string> {
	const { n8n, zoho } = stage;
	const { username: user, password } = LOGIN;
	const id = await n8n.createCredential('The desk', 'httpBasicAuth', { user, password });
	const found = (await readTemplates()).get('do-not-mail-desk.json');
	if (found === undefined) throw new Error('No template do-not-mail-desk.json');
	const workflow = structuredClone(withCredential(found, credential));
	for (const name of ['A Person Uploads a List', 'A Person Looks at the Page']) {
		nodeNamed(workflow, name).credentials = { httpBasicAuth: { id, name: 'The desk' } };
	}
	if (pace) setPace(workflow, pace);
	if (pace?.limit) zoho.campaigns.limit = pace.limit;
	const workflowId = await n8n.importWorkflow(workflow);
	await n8n.activate(workflowId);
	await until('the page is there', async () => {
		const reply = await fetch(n8n.url + PAGE, { headers: { authorization: basic() } });
		return reply.ok && (await reply.text()).includes('Do-Not-Mail');
	});
	return workflowId;
}

/** What a browser sends with LOGIN. */
export function basic(): string {
	return `Basic ${btoa(`${LOGIN.username}:${LOGIN.password}`)}`;
}

/** For calls to the desk. n8n closes connections that were idle, and a call must not meet one that is closing. */
export const LOGIN_HEADERS = { authorization: basic(), connection: 'close' };

/** Uploads a file by the form. Returns the address of the next page, which may be the last. */
export async function send(url: string, file: Blob, name = 'list.csv'): Promise<string> {
	const form = new FormData();
	form.set('field-0', file, name);
	return await next(url + FORM, form);
}

/** Chooses a column on the form's second page. Returns the address of the last one. */
export async function choose(page: string, column: string): Promise<string> {
	const form = new FormData();
	form.set('field-0', column);
	return await next(page, form);
}

/** The list that the form's last page has taken in, and leads on to; undefined where it took none in. */
export async function listOf(page: string): Promise<string | undefined> {
	return /list=(\d+)/.exec(await htmlOf(page))?.[1];
}

/** Presses a button of the desk's page, as it is for a list that waits for a yes. */
export async function press(url: string, deed: string, list: string): Promise<Response> {
	const html = await htmlOf(`${url}${PAGE}?list=${list}`);
	const forms = [...html.matchAll(/<form method="post".*?<\/form>/g)].map(([form]) => form);
	const isIt = (form: string) =>
		form.includes(`name="list" value="${list}"`) && form.includes(`value="${deed}"`);
	const key = /name="key" value="(\w+)"/.exec(forms.find(isIt) ?? '')?.[1];
	if (key === undefined) throw new Error(`The page has no button "${deed}" for the list ${list}`);
	return await postTo(url, { list, key, do: deed });
}

/** What the desk answers to a post. */
export async function postTo(url: string, body: Record<string, string>): Promise<Response> {
	return await fetch(url + PAGE, {
		method: 'POST',
		headers: LOGIN_HEADERS,
		body: new URLSearchParams(body),
		redirect: 'manual',
	});
}

/** A page of the desk, as HTML. */
async function htmlOf(page: string): Promise<string> {
	return await (await fetch(page, { headers: LOGIN_HEADERS })).text();
}

/** What a page says. */
export async function textOf(page: string): Promise<string> {
	const html = (await htmlOf(page)).replace(/<(style|script)[^]*?<\/\1>/g, '');
	return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

/** Sends a page, and waits for the next one as n8n's own page does: who asks for it too early waits for ever. */
async function next(page: string, form: FormData): Promise<string> {
	const reply = await fetch(page, { method: 'POST', headers: LOGIN_HEADERS, body: form });
	const { formWaitingUrl } = (await reply.json()) as { formWaitingUrl: string };
	const status = new URL(formWaitingUrl);
	status.pathname += '/n8n-execution-status';
	await until(
		'the next page of the form is there',
		async () => {
			const answer = await fetch(status, { headers: LOGIN_HEADERS });
			return (await answer.text()).trim() === 'form-waiting';
		},
		300_000,
	);
	return formWaitingUrl;
}

function setPace(workflow: WorkflowFile, pace: Pace): void {
	const { everySeconds, claimMinutes, troubleMinutes, limit } = pace;
	const { rule } = nodeNamed(workflow, 'Every 20 Seconds').parameters as {
		rule: { interval: Array<{ secondsInterval: number }> };
	};
	rule.interval[0]!.secondsInterval = everySeconds;
	const settings = nodeNamed(workflow, 'Settings').parameters;
	settings.jsonOutput = String(settings.jsonOutput).replace(
		'"claimMinutes": 10',
		`"claimMinutes": ${claimMinutes}`,
	);
	if (troubleMinutes !== undefined) {
		settings.jsonOutput = settings.jsonOutput.replace(
			/"troubleMinutes": \[.*?\]/,
			`"troubleMinutes": [${troubleMinutes}]`,
		);
	}
	if (!limit) return;
	const { options } = nodeNamed(workflow, 'Zoho Campaigns Do-Not-Mail').parameters as {
		options: Record<string, unknown>;
	};
	options.callsPerWindow = Math.floor(0.98 * limit.calls);
	options.windowMinutes = limit.windowMs / 60_000;
	options.lockMinutes = limit.lockMs / 60_000;
}

/** A CSV, and what is in it. */
export interface Csv {
	text: string;
	addresses: number;
	malformed: number;
	twice: number;
	blanks: number;
}

/** 2,000 rows with a byte order mark: some malformed, some twice, some in quotes, some blank. */
export function mixedCsv(rows = 2_000): Csv {
	const kinds = Array.from({ length: rows }, (_, index) => kindOf(index));
	const count = (kind: Kind) => kinds.filter((one) => one === kind).length;
	const lines = kinds.map(
		(kind, index) => `${index},"Doe, ""Jo""\n${index}",${cellOf(kind, index)}`,
	);
	const [malformed, twice, blanks] = [count('malformed'), count('twice'), count('blank')];
	const text = `\uFEFFId,Name,E-mail\r\n${lines.join('\r\n')}\r\n`;
	return { text, addresses: rows - twice - blanks, malformed, twice, blanks };
}

type Kind = 'malformed' | 'twice' | 'blank' | 'quoted' | 'plain';

function kindOf(index: number): Kind {
	if (index % 100 === 17) return 'malformed';
	if (index % 50 === 23) return 'twice';
	if (index % 250 === 31) return 'blank';
	return index % 3 === 0 ? 'quoted' : 'plain';
}

function cellOf(kind: Kind, index: number): string {
	const address = `person.${index}@example.com`;
	switch (kind) {
		case 'malformed':
			return `no address ${index}`;
		case 'twice':
			return `PERSON.${index - 1}@Example.com`;
		case 'blank':
			return '';
		case 'quoted':
			return `"${address}"`;
		default:
			return address;
	}
}
