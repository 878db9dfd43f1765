/** What the lists have in common that the panel searches. */
import { NodeOperationError, type ILoadOptionsFunctions } from 'n8n-workflow';

import type { Failure } from '../zoho/failures';

/** So long a call may take that somebody waits for, in ms. */
export const TIMEOUT_MS = 20_000;

/** More pages than this nobody looks through. */
export const MOST_PAGES = 10;

/** A failure for the person who opened the list, which shows the message of an error and nothing else. */
export function shownInList(context: ILoadOptionsFunctions, { message, resolution }: Failure) {
	return new NodeOperationError(context.getNode(), `${message} ${resolution}`);
}

/** Whether words hold what was typed into the search. */
export function isFound(words: string, filter: string): boolean {
	return words.toLowerCase().includes(filter.trim().toLowerCase());
}
