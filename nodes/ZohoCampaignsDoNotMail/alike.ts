/** Whether refusals that are alike are about their addresses, or about every call. Pure. */
import { failure, isFailure, type Failure } from '../zoho/failures';
import { plain } from '../zoho/json';
import type { Outcome } from './reply';

/** So many in a row, with no address let in, are about all. */
const MOST_ALIKE = 10;

/** What Zoho says of an address because of that address. */
const OF_ADDRESS = ['invalidEmail', 'alreadyInDoNotMail'];

/**
 * A refusal that is in no list is taken to be about its address. But of a list of 100,000, nobody wants
 * to see 100,000 calls refused in the same words: ten of them in a row say that the next would be, too,
 * unless an address has been let in before.
 */
export class AlikeRefusals {
	private isLetIn = false;
	private words = '';
	private count = 0;

	/** Takes in what became of an address. Returns whether all others would be refused like that. */
	areOfAll(outcome: Outcome): boolean {
		if (!isFailure(outcome) || outcome.reason === 'alreadyInDoNotMail') this.isLetIn = true;
		if (this.isLetIn || !isFailure(outcome) || !counts(outcome)) return false;
		const words = wordsOf(outcome);
		this.count = words === this.words ? this.count + 1 : 1;
		this.words = words;
		return this.count >= MOST_ALIKE;
	}
}

function counts({ reach, reason, transient }: Failure): boolean {
	return !transient && (reach === 'record' || reach === 'call') && !OF_ADDRESS.includes(reason);
}

/** What makes two refusals alike: the code; where there is none, the words without what may be the address. */
function wordsOf({ code, message, httpStatus }: Failure): string {
	const words = code.startsWith('HTTP_')
		? plain(message.replace(/\S*(?:[@%\d]|\w\.\w)\S*/g, ''))
		: '';
	return `${code} ${httpStatus} ${words}`;
}

/** What is true of the addresses that were not sent for that. */
export function allRefused({ code, httpStatus }: Failure): Failure {
	return failure('invalidRequest', {
		code,
		message: `Zoho Campaigns refused ${MOST_ALIKE} addresses in a row in the same way (code ${code}), and let none in.`,
		resolution:
			'See what Zoho says of the addresses that it refused, and mend that first: it is true of every call.',
		httpStatus,
	});
}
