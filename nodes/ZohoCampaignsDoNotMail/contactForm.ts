/** Which of the two forms of `contactinfo` this Zoho takes, found out on the way. Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import { fitsUnquoted, type Form, type Format } from './contactInfo';
import type { Outcome } from './reply';

/** So many addresses that are refused in both forms teach nothing, and no more are held back for it. */
const PATIENCE = 3;

/** What Zoho says of an address where it could not read the form: 903, 2001 and 2004. */
const UNREAD: readonly string[] = ['903', '2001', '2004'];

export class ContactForm {
	private form: Form = 'quoted';
	private isKnown: boolean;
	private refusedInBoth = 0;

	constructor(format: Format) {
		this.isKnown = format === 'xml';
	}

	/** The form that an address goes in: never unquoted where it would add a field of its own. */
	formFor(email: string): Form {
		return fitsUnquoted(email) ? this.form : 'quoted';
	}

	/** Whether the form is still to be found out, so that addresses go one at a time. */
	get isOpen(): boolean {
		return !this.isKnown && this.refusedInBoth < PATIENCE;
	}

	/**
	 * Learns from an answer.
	 *
	 * @returns the other form, where the same address is to be tried in it
	 */
	learn(email: string, form: Form, outcome: Outcome): Form | undefined {
		if (isUnread(outcome)) {
			const isLast = form === 'unquoted' || (this.isKnown && this.form === 'quoted');
			if (!isLast && fitsUnquoted(email)) return 'unquoted';
			this.refusedInBoth++;
		} else if (!this.isKnown && (!isFailure(outcome) || outcome.reason === 'alreadyInDoNotMail')) {
			this.form = form;
			this.isKnown = true;
		}
		return undefined;
	}
}

/** Whether Zoho could not read an address in the form that it came in. */
export function isUnread(outcome: Outcome): outcome is Failure {
	return isFailure(outcome) && UNREAD.includes(outcome.code);
}
