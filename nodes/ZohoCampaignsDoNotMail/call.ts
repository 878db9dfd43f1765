/** A call for one address. */
import type { Slot } from '../limit/slot';
import type { Failure } from '../zoho/failures';
import type { Address } from './addresses';
import type { Form } from './contactInfo';

/** One address to send, as often as it is tried. */
export interface Errand {
	readonly address: Address;
	readonly form: Form;
	/** How often it has failed. */
	readonly tries: number;
	/** How a try failed that Zoho may have acted on. */
	readonly lost?: Failure | undefined;
	/** What Zoho said to the other form. */
	readonly refusal?: Failure | undefined;
}

export interface Call extends Errand {
	readonly slot: Slot;
	/** The requests that it may become: until one is answered, n8n may have to renew the token. */
	readonly requests: number;
	readonly startedAt: number;
}

/** What is to be sent, without what was true of one try. */
export function errandOf({ address, form, tries, lost, refusal }: Call): Errand {
	return { address, form, tries, lost, refusal };
}
