/** What a run comes to, one result for each record or address that an item named. Types only. */
import type { IDataObject } from 'n8n-workflow';

import type { Failure } from '../zoho/failures';

/** A record or address that failed, and why it did. */
export interface Failed {
	item: number;
	/** What identifies it in the failed item: `id`, `module` and `fields`, or `email`. */
	subject: IDataObject;
	/** What a person knows it by: its ID or address, as the item has it. Undefined where it has no name. */
	label: string | undefined;
	failure: Failure;
	/** What it is called, where that is not what the others are. */
	name?: string;
	/** It was not sent, for the sake of a failure that is not its own. */
	notAttempted?: boolean;
}

/** What came of one record or address: the json of a success, or a failure. */
export type Result = { item: number; success: IDataObject } | Failed;
