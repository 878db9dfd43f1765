/** A campaign, and those whom it reached in a certain way, as far as they have been read. Pure. */
import { isFailure, type Failure } from '../../zoho/failures';
import type { Reply, Request } from '../../zoho/reply';
import { keyOf } from '../addresses';
import { noEnd, PageSize, type Reading } from './pages';
import {
	isOfCampaign,
	ofReading,
	PLURALS,
	readRecipients,
	readTestPhase,
	recipientsRequest,
	testPhaseRequest,
	type Recipient,
} from './reply';

/** Who asks for a campaign. */
export interface Asker {
	readonly recipients: readonly Recipient[];
	/** It has all that it asked for. */
	readonly isFull: boolean;
}

export class Campaign {
	private readonly askers: Asker[] = [];
	/** In the order in which they were asked for; those of the test phase behind the others. */
	private readonly readings = new Map<string, Recipients>();
	private readonly keys: string[];
	private testPhase: TestPhase | undefined;

	/**
	 * @param name empty where it is not known
	 * @param begin told of what is to be read
	 */
	constructor(
		readonly key: string,
		readonly name: string,
		private readonly isTest: boolean,
		private readonly pageSize: PageSize,
		private readonly begin: (reading: Reading) => void,
	) {
		this.keys = [key];
	}

	/** What it is called, for a sentence: by its name, else by its key. */
	get title(): string {
		return `campaign "${this.name || this.key}"`;
	}

	addAsker(asker: Asker): void {
		this.askers.push(asker);
		if (this.isTest && !this.testPhase) {
			this.testPhase = new TestPhase(this, (keys) => this.addKeys(keys));
			this.begin(this.testPhase);
		}
		for (const key of this.keys) this.ask(key, asker.recipients);
	}

	/** Whether anybody still wants those of a kind, or of any. */
	isWanted(recipient?: Recipient): boolean {
		return this.askers.some(
			({ isFull, recipients }) => !isFull && (!recipient || recipients.includes(recipient)),
		);
	}

	/** Whether it is known where its recipients are kept; the same ones for all times. */
	get hasAllKeys(): boolean {
		return !this.isTest || this.testPhase?.isOver === true;
	}

	/** Why those of its test phase cannot be read. */
	get failure(): Failure | undefined {
		return this.testPhase?.failure;
	}

	/** What is read of it for recipients of these kinds, in an order that only grows at its end. */
	readingsOf(recipients: readonly Recipient[]): Recipients[] {
		return this.keys.flatMap((key) =>
			recipients.map((recipient) => this.readings.get(`${recipient} ${key}`)!),
		);
	}

	private addKeys(keys: readonly string[]): void {
		this.keys.push(...keys.filter((key) => !this.keys.includes(key)));
		for (const { recipients } of this.askers) for (const key of keys) this.ask(key, recipients);
	}

	private ask(key: string, recipients: readonly Recipient[]): void {
		for (const recipient of recipients) {
			const name = `${recipient} ${key}`;
			if (this.readings.has(name)) continue;
			const reading = new Recipients(this, key, recipient, this.pageSize);
			this.readings.set(name, reading);
			this.begin(reading);
		}
	}
}

/** Where an A/B test keeps those of its test phase: without them, most are missed. */
class TestPhase implements Reading {
	isOver = false;
	failure: Failure | undefined;

	constructor(
		readonly campaign: Campaign,
		private readonly found: (keys: readonly string[]) => void,
	) {}

	get name(): string {
		return `The test phase of the ${this.campaign.title}`;
	}

	get isWanted(): boolean {
		return this.campaign.isWanted();
	}

	request(timeout: number): Request {
		return testPhaseRequest(this.campaign.key, timeout);
	}

	take(reply: Reply): 'over' | Failure {
		const keys = readTestPhase(reply);
		if (isFailure(keys)) return ofReading(keys, subjectOf(keys, this));
		this.isOver = true;
		this.found(keys);
		return 'over';
	}

	fail(why: Failure): void {
		this.failure = why;
		this.isOver = true;
	}
}

/** Those whom a campaign reached in one way. */
export class Recipients implements Reading {
	/** Each once, in Zoho's order; empty for somebody who has none. */
	readonly addresses: string[] = [];
	isOver = false;
	failure: Failure | undefined;
	private readonly known = new Set<string>();
	private rows = 0;

	constructor(
		readonly campaign: Campaign,
		private readonly key: string,
		readonly recipient: Recipient,
		private readonly pageSize: PageSize,
	) {}

	get name(): string {
		return `The ${PLURALS[this.recipient]} of the ${this.campaign.title}`;
	}

	get isWanted(): boolean {
		return this.campaign.isWanted(this.recipient);
	}

	request(timeout: number): Request {
		return recipientsRequest(this.key, this.recipient, this.rows + 1, timeout);
	}

	take(reply: Reply): 'more' | 'over' | Failure {
		const page = readRecipients(reply);
		if (isFailure(page)) return ofReading(page, subjectOf(page, this));
		const before = this.known.size;
		for (const address of page) {
			const key = keyOf(address);
			if (!this.known.has(key)) this.addresses.push(address);
			this.known.add(key);
		}
		if (page.length > 0 && this.known.size === before) return noEnd(this.name, this.rows);
		this.rows += page.length;
		this.isOver = page.length === 0 || this.pageSize.isLast(page.length);
		return this.isOver ? 'over' : 'more';
	}

	fail(why: Failure): void {
		this.failure = why;
		this.isOver = true;
	}
}

/** A campaign that is gone is so whatever was asked of it. */
function subjectOf(why: Failure, { name, campaign }: Recipients | TestPhase): string {
	return isOfCampaign(why) ? `The ${campaign.title}` : name;
}
