/** Reading what comes in pages, of which none says whether it is the last. Pure. */
import { failure, type Failure } from '../../zoho/failures';
import type { Reply, Request } from '../../zoho/reply';

/** Something that is read by calls, one after the other. */
export interface Reading {
	/** What it is, for a sentence that begins with it. */
	readonly name: string;
	/** Whether anybody still wants it. */
	readonly isWanted: boolean;
	/**
	 * The call that is next.
	 *
	 * @param timeout of the call, in ms
	 */
	request(timeout: number): Request;
	/** Takes in its reply; returns whether there is more to read, or why it cannot be read. */
	take(reply: Reply): 'more' | 'over' | Failure;
	/** It cannot be read to its end, and is over. */
	fail(why: Failure): void;
}

/** Zoho gives so many rows where nobody says how many, and so may a server that passes over `range`. */
const ROWS_BY_DEFAULT = 20;

/** How many rows this server gives at once, as far as has been seen. */
export class PageSize {
	private most = 0;

	/** @param asked so many rows a page are asked for */
	constructor(private readonly asked: number) {}

	/**
	 * Whether a page is the last one: Zoho does not say. It is where it is shorter than what it gives to
	 * anybody, or than what this server has given before.
	 */
	isLast(rows: number): boolean {
		const isShort = rows < this.asked && (rows < ROWS_BY_DEFAULT || rows < this.most);
		this.most = Math.max(this.most, rows);
		return isShort;
	}
}

/** A list that gives the same rows over and over. */
export function noEnd(name: string, row: number): Failure {
	return failure('badResponse', {
		code: 'BAD_RESPONSE',
		message: `${name} cannot be read past row ${row.toLocaleString('en-US')}: what Zoho gives for the rows behind it are the rows before.`,
		resolution:
			'What was read up to there goes on. Run these items again; if it lasts, see in the report of Zoho Campaigns who else is in it.',
		doubtful: false,
		transient: false,
	});
}
