/** How many results of a run came to what, in words. Pure. */
import { counted } from '../run/words';
import type { Failure, Reason } from '../zoho/failures';
import type { Failed, Result } from './result';

/** The statuses of successes, as a person reads them. */
const STATUS_WORDS: Record<string, string> = {
	unblocked: 'unblocked',
	alreadyUnblocked: 'already unblocked',
	moved: 'moved',
	alreadyInDoNotMail: 'already in Do-Not-Mail',
	preview: 'would be sent',
};

/** The reasons of failures, as a person reads them behind a number: `3 not a record ID`. */
const REASON_WORDS: Record<Reason, string> = {
	recordNotFound: 'not found',
	permanentlyBlocked: 'permanently blocked',
	unblockLimitReached: 'unblocked five times before',
	alreadyUnblocked: 'already unblocked',
	invalidRecordId: 'not a record ID',
	unknownField: 'with an unknown field',
	fieldNotAvailable: 'with a field that the module lacks',
	missingField: 'with a field missing',
	invalidModule: 'with no such module',
	invalidRequest: 'refused or not valid',
	noPermission: 'without permission',
	invalidEmail: 'not an email address',
	alreadyInDoNotMail: 'already in Do-Not-Mail',
	authenticationFailed: 'token refused',
	scopeMismatch: 'scope not granted',
	rateLimited: 'too many calls',
	serverError: 'failed at Zoho',
	networkError: 'Zoho not reached',
	badResponse: 'reply not readable',
	notAttempted: 'not sent',
};

/** So many of the failed ones are named in an error. */
const MOST_NAMED = 5;

export class Count {
	/** The first failure; one of its own before a mere effect. */
	first: Failed | undefined;
	/** The first few that failed for a reason of their own. */
	readonly ownFailures: Failed[] = [];
	/** How many failed for a reason of their own. */
	ownFailed = 0;
	/** What is wrong with the account, where that made anything fail. */
	ofAccount: Failed | undefined;
	/** Why something was not sent, where anything was not. */
	unsentFor: Failure | undefined;
	private readonly done = new Map<string, number>();
	private failed = 0;
	private readonly reasons = new Map<Reason, number>();
	/** Whether something else than records or addresses failed, such as a custom view. */
	private isMixed = false;

	/** @param notAttempted items that were not even read */
	constructor(private notAttempted = 0) {}

	add(result: Result): void {
		if ('success' in result) {
			const status = String(result.success.status);
			this.done.set(status, (this.done.get(status) ?? 0) + 1);
			return;
		}
		const { reason } = result.failure;
		if (result.notAttempted) this.notAttempted++;
		else this.failed++;
		if (!result.notAttempted) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
		if (isOfItsOwn(result) && ++this.ownFailed <= MOST_NAMED) this.ownFailures.push(result);
		if (!this.ofAccount && isOfAccount(result.failure)) this.ofAccount = result;
		if (result.name !== undefined) this.isMixed = true;
		if (result.notAttempted) this.unsentFor ??= result.failure;
		if (!this.first || (this.first.notAttempted && !result.notAttempted)) this.first = result;
	}

	private get sumDone(): number {
		return [...this.done.values()].reduce((sum, count) => sum + count, 0);
	}

	get sum(): number {
		return this.sumDone + this.failed + this.notAttempted;
	}

	get sumFailed(): number {
		return this.failed + this.notAttempted;
	}

	/** Whether the account failed, and not only one thing or another that it was asked to do. */
	get hasAccountFailed(): boolean {
		const reach = this.ofAccount?.failure.reach;
		// A permission that is missing for some says nothing of the others, unless there are no others.
		return reach === 'account' || (reach !== undefined && this.sumDone === 0);
	}

	/** Counted by what became of them: `3 done, 1 failed, 2 not attempted`. */
	get asAttempts(): string {
		return `${this.sumDone} done, ${this.failed} failed, ${this.notAttempted} not attempted`;
	}

	/** Counted as the branches do: `6 records: 3 already unblocked, 3 failed: 2 not found, 1 not sent.` */
	asBranches(noun: string, plural: string): string {
		const parts = [...this.done].map(
			([status, count]) => `${number(count)} ${STATUS_WORDS[status] ?? status}`,
		);
		if (this.sumFailed > 0) parts.push(`${number(this.sumFailed)} failed${this.why}`);
		const sum = this.isMixed ? counted(this.sum, 'result') : counted(this.sum, noun, plural);
		return `${sum}: ${parts.join(', ')}.`;
	}

	/** Why they failed, the most frequent reason first. */
	private get why(): string {
		if (this.failed === 0) return ', none of them sent';
		const reasons = [...this.reasons]
			.sort(([, one], [, other]) => other - one)
			.map(([reason, count]) => `${number(count)} ${REASON_WORDS[reason]}`);
		if (this.notAttempted > 0) reasons.push(`${number(this.notAttempted)} not sent`);
		return `: ${reasons.join(', ')}`;
	}
}

/** Whether a failure is its own: of one record, address or view. */
export function isOfItsOwn({ failure: { reach }, name, notAttempted }: Failed): boolean {
	return !notAttempted && (reach === 'record' || (name !== undefined && reach === 'call'));
}

/** Whether a failure is one of the account, which somebody has to mend: its token, scope, permission. */
function isOfAccount({ reach, reason, retryable }: Failure): boolean {
	if (reach === 'account') return true;
	if (reason === 'noPermission') return reach !== 'record';
	// Zoho wants to see a person.
	return reason === 'rateLimited' && !retryable;
}

const number = (count: number) => count.toLocaleString('en-US');
