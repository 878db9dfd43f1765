/** What the desk works against: a Zoho with its limit, and an n8n that starts a run at every tick. */
import type { IDataObject } from 'n8n-workflow';
import { readCsv, readWorkbook } from './files';
import { Tables } from './tables';
import { Run, type World } from './workflow';
import { Account, type Troubles } from './zoho';

/** The template's `claimMinutes`. */
const LIFE_MS = 600_000;
const TICK_MS = 20_000;
/** What n8n takes for a node, about. */
const NODE_MS = 5;

export class DeskWorld implements World {
	/** 2026-01-01, noon. */
	now = Date.UTC(2026, 0, 1, 12);
	readonly tables = new Tables(() => this.now);
	readonly troubles: Troubles = {
		latencyMs: 300,
		lostReplies: 0,
		poison: () => false,
		refusal: () => undefined,
	};
	readonly account = new Account(this.troubles);
	/** Whether n8n is killed before this node of a run, or in the middle of our node. */
	isKilled: (node: string) => boolean = () => false;
	readonly figures = { runs: 0, stepped: 0, kills: 0, mostHeld: 0, red: 0 };
	readCsv = readCsv;
	readWorkbook = readWorkbook;
	/** What the last run that ended red said. */
	red = '';
	/** What the page with the columns says above them. */
	described = '';
	/** Which column a person chooses. */
	choose = ([first = '']: readonly string[]): string => first;
	private isDead = false;

	move(items: readonly IDataObject[]): IDataObject[] | undefined {
		const isKilled = this.isKilled('in the middle');
		const { done, failed, tookMs } = this.account.move(items, this.now, isKilled);
		this.now += tookMs;
		if (!isKilled) return [...done, ...failed];
		this.isDead = true;
		return undefined;
	}

	/** Puts a list in, as the form does: so many addresses a row. */
	upload(addresses: readonly string[], state = 'ready', inRow = 5_000): number {
		const [list] = this.tables.add('do_not_mail_lists', [
			{
				name: 'list.csv',
				state,
				addresses: addresses.length,
				malformed: 0,
				twice: 0,
				blanks: 0,
				pageKey: `key of list ${this.tables.rows('do_not_mail_lists').length}`,
			},
		]);
		for (let from = 0; from < addresses.length; from += inRow) {
			const packed = addresses.slice(from, from + inRow).join('\n');
			this.tables.add('do_not_mail_addresses', [{ list: list!.id, addresses: packed }]);
		}
		return list!.id;
	}

	/** A person uploads a file: its bytes, or its text in UTF-8. Returns what the form's last page says. */
	send(
		file: string | Buffer,
		name = 'list.csv',
		isKilled: (node: string) => boolean = () => false,
	): Ending {
		const run = new Run(this);
		const binary = { File: { fileName: name, bytes: Buffer.from(file) } };
		const first = { json: { File: { filename: name } }, binary };
		for (const node of run.from('A Person Uploads a List', [first])) {
			if (isKilled(node)) break;
			const isPage = ['Which Column?', 'The End'].includes(node);
			if (isPage) this.figures.mostHeld = Math.max(this.figures.mostHeld, run.held);
		}
		const [ending] = run.of('The End');
		const message = String(ending?.message);
		const list = /list=(\d+)/.exec(message)?.[1];
		const title = String(ending?.title);
		return { title, message, ...(list !== undefined && { list: Number(list) }) };
	}

	/**
	 * A person uploads a file and says yes on the page that asks. Returns what the button says and the page
	 * asks, or the form's last page where the file was refused.
	 */
	submit(file: string | Buffer, name = 'list.csv'): Ending {
		const sent = this.send(file, name);
		if (sent.list === undefined) return sent;
		const query = { list: String(sent.list) };
		const [, button = ''] = /value="confirm">(.*?)<\/button>/.exec(this.page(query)) ?? [];
		const title = button.replaceAll(/<\/?span>/g, '');
		const message = textOf(this.page(query));
		this.press('confirm', sent.list, query);
		return { title, message, list: sent.list };
	}

	/** A person presses a button of the page as it is now. Throws where the page has no such button. */
	press(deed: Deed, list: number, query: IDataObject = {}): Answer {
		const html = this.page(query);
		const forms = [...html.matchAll(/<form method="post" action="([\w-]+)">(.*?)<\/form>/g)];
		const found = forms
			.map(([, , fields = '']) => fieldsOf(fields))
			.find((fields) => fields.do === deed && fields.list === String(list));
		if (!found) throw new Error(`The page has no button "${deed}" for the list ${list}`);
		return this.post(found);
	}

	/** What the desk answers to a post. */
	post(body: IDataObject): Answer {
		const run = this.ask({ query: {}, body });
		const [answer = {}] = run.of('Answer');
		const { responseCode, responseHeaders } = answer.options as {
			responseCode: number;
			responseHeaders: { entries: Array<{ name: string; value: string }> };
		};
		const location = responseHeaders.entries.find(({ name }) => name === 'Location')?.value;
		return { code: responseCode, location, body: String(answer.responseBody) };
	}

	/** All addresses that are in, of lists that are ready. */
	waiting(): string[] {
		const ready = this.tables.rows('do_not_mail_lists').filter(({ state }) => state === 'ready');
		const ids = ready.map(({ id }) => id);
		return this.tables
			.rows('do_not_mail_addresses')
			.filter(({ list }) => ids.includes(Number(list)))
			.flatMap(({ addresses }) => String(addresses).split('\n'));
	}

	/** One run of the drain, from its trigger to its end or its kill. Ticks that come meanwhile step back. */
	drain(): void {
		this.figures.runs++;
		const started = this.now;
		const run = new Run(this);
		for (const node of run.from('Every 20 Seconds')) {
			if (this.isDead || this.isKilled(node)) return this.die();
			this.now += NODE_MS;
			if (node === 'What Came of It' && this.now - started > 20_000) this.tickMeanwhile(started);
		}
		if (this.isDead) this.die();
		if (run.red === undefined) return;
		this.figures.red++;
		this.red = run.red;
	}

	/** Ticks every 20 seconds until `isOver`, or so many ticks have gone. Returns the ticks. */
	play(isOver: () => boolean, most: number): number {
		let quietUntil = 0;
		for (let tick = 1; tick <= most; tick++) {
			this.now += TICK_MS - (this.now % TICK_MS);
			// A run that has nothing to do leaves all as it was, which a test shows: not all are played.
			if (this.now < quietUntil) continue;
			this.drain();
			quietUntil = this.whenNext();
			if (isOver()) return tick;
		}
		return most;
	}

	/** The page, as HTML, or the CSV of all failures. */
	page(query: IDataObject = {}): string {
		return String(this.ask({ query, body: {} }).of('Answer')[0]?.responseBody);
	}

	private ask(request: IDataObject): Run {
		const run = new Run(this);
		const steps = run.from('A Person Looks at the Page', [{ json: request }]);
		while (steps.next().done !== true);
		return run;
	}

	/** Until when runs have nothing to do, as the newest entry has it. */
	private whenNext(): number {
		const rows = this.tables.rows('do_not_mail_journal');
		const state = rows.filter(({ kind }) => kind === 'batch').at(-1)?.state;
		if (typeof state !== 'string') return 0;
		const { pausedUntil, again, lists } = JSON.parse(state) as State;
		const all = this.tables.rows('do_not_mail_lists');
		if (all.some((list) => list.state === 'removed')) return 0;
		const ready = all.filter((list) => list.state === 'ready');
		const isOpen = ready.some(({ id, addresses }) => (lists[id]?.taken ?? 0) < Number(addresses));
		const tried = again.filter(({ list }) => ready.some(({ id }) => id === list));
		const due = Math.min(...tried.map(({ notBefore }) => notBefore));
		return Math.max(pausedUntil, isOpen ? 0 : due);
	}

	/** How many rows of the tables the page has read. */
	rowsOfPage(): number {
		const run = this.ask({ query: {}, body: {} });
		return run.of('Rows for the Page').filter(({ id }) => id !== undefined).length;
	}

	/** The newest entry of the journal, its state read. */
	newest(): IDataObject & { state: Newest } {
		const entries = this.tables.rows('do_not_mail_journal').filter(({ kind }) => kind === 'batch');
		const entry = entries.at(-1);
		if (!entry) throw new Error('No entry in the journal');
		const state = JSON.parse(String(entry.state)) as State;
		const counts: Record<string, number> = {};
		for (const list of Object.values(state.lists)) {
			for (const [what, count] of Object.entries(list?.counts ?? {})) {
				counts[what] = (counts[what] ?? 0) + count;
			}
		}
		return { ...entry, state: { ...state, counts } };
	}

	/** While a run is under way, and for as long as it may be, another one is to step back. */
	private tickMeanwhile(started: number): void {
		const other = new Run(this);
		const steps = other.from('Every 20 Seconds');
		while (steps.next().done !== true);
		if (other.of('Alone?').length === 0) this.figures.stepped++;
		const isAlive = this.now - started < LIFE_MS;
		if (isAlive && other.of('The Batch').length > 0) throw new Error('Two runs at once');
	}

	private die(): void {
		this.isDead = false;
		this.figures.kills++;
	}
}

/** What the buttons of the page do. */
export type Deed = 'confirm' | 'stop' | 'remove';

/** What the desk answers to a post. */
export interface Answer {
	code: number;
	location: string | undefined;
	body: string;
}

/** The last page of the form, and the list that was taken in, if so. */
export interface Ending {
	title: string;
	message: string;
	list?: number;
}

/** As much of the desk's state as the tests look at. */
export interface State {
	lists: Record<number, { taken?: number; counts?: Record<string, number> } | undefined>;
	again: Array<{ address: string; list: number; tries: number; notBefore: number }>;
	pausedUntil: number;
	trouble?: { reason: string; times: number; since: number };
}

/** The state, and what came of the addresses of all lists together. */
export type Newest = State & { counts: Record<string, number> };

/** What a page says, without its tags. */
export const textOf = (html: string) =>
	html
		.replace(/<style>.*?<\/style>/s, '')
		.replaceAll(/<[^>]*>/g, ' ')
		.replaceAll(/\s+/g, ' ');

/** What a form of the page sends. */
function fieldsOf(html: string): Record<string, string> {
	const pairs = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)];
	return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
