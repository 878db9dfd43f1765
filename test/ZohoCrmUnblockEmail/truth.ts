import type { INodeExecutionData } from 'n8n-workflow';
import type { FakeZoho } from '../fake-zoho';
import { failure } from '../support/stage';

/** How a record stands at Zoho: its address bounced softly, is not blocked, or cannot be unblocked. */
export type Standing = 'soft' | 'unblocked' | keyof typeof BAD;

/** What a record fails for, each for a reason of its own. */
export const BAD = {
	hard: 'permanentlyBlocked',
	worn: 'unblockLimitReached',
	unknown: 'recordNotFound',
} as const;

/** Puts a record into a module so that it stands as told. */
export function place(zoho: FakeZoho, module: string, id: string, standing: Standing): void {
	if (standing === 'unknown') return;
	const email = standing === 'worn' ? 'soft' : standing;
	zoho.crm.add(module, id, { email, timesUnblocked: standing === 'worn' ? 5 : 0 });
}

/** What an item says of its record: the status of a success, the reason of a failure. */
export function verdict(item: INodeExecutionData): string {
	return String(failure(item).reason ?? item.json.status);
}

/** The record that an item is about. */
export function subject(item: INodeExecutionData): string {
	return String(failure(item).id ?? item.json.id);
}

/** What should be said of a record, `lost` being whether a reply to a call with it was lost. */
export function truth(standing: Standing, lost: boolean): string {
	if (standing === 'soft') return 'unblocked';
	// Who cannot see the reply cannot see either whether the call or somebody before it did it.
	if (standing === 'unblocked') return lost ? 'unblocked' : 'alreadyUnblocked';
	return BAD[standing];
}
