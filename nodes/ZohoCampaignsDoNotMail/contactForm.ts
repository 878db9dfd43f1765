/** Which of the two forms of `contactinfo` this Zoho takes, found out on the way. Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import { fitsUnquoted, type Form, type Format } from './contactInfo';
import type { Outcome } from './reply';

/** So many addresses that are refused in both forms teach nothing, and no more are held back for it. */
const PATIENCE = 3;

/** What Zoho says of an address where it could not read the form: 903 and 2004. */
const UNREAD: readonly string[] = ['903', '2004'];

export class ContactForm {
	private form: Form = 'quoted';
	private isKnown: boolean;
	private refusedInBoth = 0;

	constructor(format: Format) {
		this.isKnown = format === 'xml';
	}

	/** The form that the next address goes in. */
	get current(): Form {
		return this.form;
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
		if (this.isKnown) return undefined;
		if (!isUnread(outcome)) {
			if (isFailure(outcome) && outcome.reason !== 'alreadyInDoNotMail') return undefined;
			this.isKnown = true;
			this.form = form;
			return undefined;
		}
		if (form === 'quoted' && fitsUnquoted(email)) return 'unquoted';
		this.refusedInBoth++;
		return undefined;
	}
}

function isUnread(outcome: Outcome): outcome is Failure {
	return isFailure(outcome) && UNREAD.includes(outcome.code);
}
