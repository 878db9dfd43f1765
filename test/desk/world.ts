/** What the desk works against: a Zoho with its limit, and an n8n that starts a run at every tick. */
import type { IDataObject } from 'n8n-workflow';
import { readCsv } from './files';
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
	readonly figures = { runs: 0, stepped: 0, kills: 0, mostHeld: 0 };
	readCsv = readCsv;
	/** What the page with the columns says above them. */
	described = '';
	/** Which column a person chooses. */
	choose = ([first = '']: readonly string[]): string => first;
	private isDead = false;

	move(items: readonly IDataObject[]): [IDataObject[], IDataObject[]] | undefined {
		const isKilled = this.isKilled('in the middle');
		const { done, failed, tookMs } = this.account.move(items, this.now, isKilled);
		this.now += tookMs;
		if (!isKilled) return [done, failed];
		this.isDead = true;
		return undefined;
	}

	/** Puts a list in, as the form does: so many addresses a row. */
	upload(addresses: readonly string[], state = 'ready', inRow = 5_000): number {
		const [list] = this.tables.add('do_not_mail_lists', [
			{ name: 'list.csv', state, addresses: addresses.length, twice: 0, blanks: 0 },
		]);
		for (let from = 0; from < addresses.length; from += inRow) {
			const packed = addresses.slice(from, from + inRow).join('\n');
			this.tables.add('do_not_mail_addresses', [{ list: list!.id, addresses: packed }]);
		}
		return list!.id;
	}

	/** A person uploads a file: its bytes, or its text in UTF-8. Returns what the form's last page says. */
	submit(
		file: string | Buffer,
		name = 'list.csv',
		isKilled: (node: string) => boolean = () => false,
	): Ending {
		const run = new Run(this);
		const binary = { File: { fileName: name, bytes: Buffer.from(file) } };
		const first = { json: { File: { filename: name } }, binary };
		for (const node of run.from('A Person Uploads a List', [first])) {
			if (isKilled(node)) break;
			const isPage = ['Which Column?', 'Taken In', 'Not Taken In'].includes(node);
			if (isPage) this.figures.mostHeld = Math.max(this.figures.mostHeld, run.held);
		}
		const [ending] = [...run.of('Taken In'), ...run.of('Not Taken In')];
		return { title: String(ending?.title), message: String(ending?.message) };
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
		const run = new Run(this);
		const steps = run.from('A Person Looks at the Page', [{ json: { query } }]);
		while (steps.next().done !== true);
		return String(run.of(query.failures === 'csv' ? 'CSV of Failures' : 'The Page')[0]?.body);
	}

	/** Until when runs have nothing to do, as the newest entry has it. */
	private whenNext(): number {
		const rows = this.tables.rows('do_not_mail_journal');
		const state = rows.filter(({ kind }) => kind === 'batch').at(-1)?.state;
		if (typeof state !== 'string') return 0;
		const { pausedUntil, again, lists } = JSON.parse(state) as State;
		const isOpen = this.tables
			.rows('do_not_mail_lists')
			.some(({ id, addresses }) => (lists[id]?.taken ?? 0) < Number(addresses));
		const due = Math.min(...again.map(({ notBefore }) => notBefore));
		return Math.max(pausedUntil, isOpen ? 0 : due);
	}

	/** How many rows of the tables the page has read. */
	rowsOfPage(): number {
		const run = new Run(this);
		const steps = run.from('A Person Looks at the Page', [{ json: { query: {} } }]);
		while (steps.next().done !== true);
		const readers = ['Newest for the Page', 'Lists for the Page', 'An Hour Ago', 'Failures'];
		return readers.flatMap((node) => run.of(node)).filter(({ id }) => id !== undefined).length;
	}

	/** The newest entry of the journal, its state read. */
	newest(): IDataObject & { state: State } {
		const entries = this.tables.rows('do_not_mail_journal').filter(({ kind }) => kind === 'batch');
		const entry = entries.at(-1);
		if (!entry) throw new Error('No entry in the journal');
		return { ...entry, state: JSON.parse(String(entry.state)) as State };
	}

	/** While a run is under way, and for as long as it may be, another one is to step back. */
	private tickMeanwhile(started: number): void {
		const other = new Run(this);
		const steps = other.from('Every 20 Seconds');
		while (steps.next().done !== true);
		this.figures.stepped += other.of('Step Back').length;
		const isAlive = this.now - started < LIFE_MS;
		if (isAlive && other.of('The Batch').length > 0) throw new Error('Two runs at once');
	}

	private die(): void {
		this.isDead = false;
		this.figures.kills++;
	}
}

/** The last page of the form. */
export interface Ending {
	title: string;
	message: string;
}

/** As much of the desk's state as the tests look at. */
export interface State {
	counts: Record<string, number>;
	lists: Record<number, { taken?: number } | undefined>;
	again: Array<{ address: string; tries: number; notBefore: number }>;
	pausedUntil: number;
	trouble?: { reason: string; times: number };
}
