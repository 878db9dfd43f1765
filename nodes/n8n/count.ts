/** How many results of a run came to what, in words. Pure. */
import { counted } from '../run/words';
import type { Failure } from '../zoho/failures';
import type { Failed, Result } from './output';

/** The statuses of successes, as a person reads them. */
const STATUS_WORDS: Record<string, string> = {
	unblocked: 'unblocked',
	alreadyUnblocked: 'already unblocked',
	moved: 'moved',
	alreadyInDoNotMail: 'already in Do-Not-Mail',
	preview: 'would be sent',
};

export class Count {
	/** The first failure; one of its own before a mere effect. */
	first: Failed | undefined;
	/** Why something was not sent, where anything was not. */
	unsentFor: Failure | undefined;
	private readonly done = new Map<string, number>();
	private failed = 0;
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
		if (result.notAttempted) this.notAttempted++;
		else this.failed++;
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

	/** Counted by what became of them: `3 done, 1 failed, 2 not attempted`. */
	get asAttempts(): string {
		return `${this.sumDone} done, ${this.failed} failed, ${this.notAttempted} not attempted`;
	}

	/** Counted as the branches do: `6 records: 3 already unblocked, 3 failed, 1 of them not sent.` */
	asBranches(noun: string, plural: string): string {
		const failed = this.failed + this.notAttempted;
		const unsent = this.notAttempted === failed ? 'none' : number(this.notAttempted);
		const parts = [
			...[...this.done].map(
				([status, count]) => `${number(count)} ${STATUS_WORDS[status] ?? status}`,
			),
			...(failed > 0 ? [`${number(failed)} failed`] : []),
			...(this.notAttempted > 0
				? [`${unsent} of them ${unsent === 'none' ? '' : 'not '}sent`]
				: []),
		];
		const sum = this.isMixed ? counted(this.sum, 'result') : counted(this.sum, noun, plural);
		return `${sum}: ${parts.join(', ')}.`;
	}
}

const number = (count: number) => count.toLocaleString('en-US');
