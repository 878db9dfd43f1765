/** Items to asks: which campaigns and recipients each item names, checked. Pure. */
import { shown } from '../../run/words';
import { failure, isFailure, type Failure } from '../../zoho/failures';
import type { AddressList } from '../addresses';
import type { Ask } from './ask';
import type { CampaignsPlan } from './plan';
import { NO_SUCH_CAMPAIGN, RECIPIENTS, type Recipient } from './reply';

/** One item's parameters, as n8n resolved them: campaigns sent in so many days, or one by its key. */
export interface AskInput {
	days?: number;
	campaign?: unknown;
	recipients: unknown;
	/** So many addresses at the most; Infinity for all. */
	most: number;
}

const DAY_MS = 86_400_000;

export class AskList {
	/** Whether an item asked for what can be none. */
	hasBadInput = false;
	/** One for each item, in input order. */
	private readonly named: Array<{ ask: Ask } | { failure: Failure; campaignKey?: string }> = [];

	/** @param now in ms since 1970: the days are counted back from it */
	constructor(
		private readonly plan: Pick<CampaignsPlan, 'ask'>,
		private readonly now: number,
	) {}

	add(item: number, input: AskInput | Failure): void {
		if (isFailure(input)) return this.fail(item, input);
		const recipients = recipientsIn(input.recipients);
		if (isFailure(recipients)) return this.fail(item, recipients);
		const { most, days } = input;
		if (days !== undefined) {
			const which = { since: this.now - days * DAY_MS };
			this.named[item] = { ask: this.plan.ask({ which, recipients, most }) };
			return;
		}
		const { campaign } = input;
		const key = typeof campaign === 'string' ? campaign.trim() : shown(campaign);
		const problem = keyProblem(key);
		if (problem) this.fail(item, problem, key);
		else this.named[item] = { ask: this.plan.ask({ which: { key }, recipients, most }) };
	}

	/** An item that asks for nothing that can be read: it fails by itself. */
	fail(item: number, failure: Failure, campaignKey?: string): void {
		this.hasBadInput = true;
		this.named[item] = { failure, ...(campaignKey ? { campaignKey } : {}) };
	}

	/**
	 * Puts what was found for an item into the list, and behind it what could not be read.
	 *
	 * @param rest what is true of what was not tried
	 */
	handOn(item: number, addresses: AddressList, rest: Failure): void {
		const named = this.named[item]!;
		if ('failure' in named) {
			const { failure, campaignKey } = named;
			return addresses.addUnread(item, failure, campaignKey === undefined ? {} : { campaignKey });
		}
		const { ask } = named;
		for (const { email, ...origin } of ask.addresses) {
			addresses.add(item, { value: email }, undefined, origin);
		}
		for (const { campaign, failure } of ask.unread) {
			const { name, key: campaignKey } = campaign ?? {};
			addresses.addUnread(item, failure, {
				...(name ? { campaign: name } : {}),
				...(campaignKey ? { campaignKey } : {}),
			});
		}
		if (!ask.isWhole) addresses.addUnread(item, rest, {});
	}
}

/** Each once, in the order of `RECIPIENTS`. */
function recipientsIn(value: unknown): Recipient[] | Failure {
	const names = [value]
		.flat()
		.flatMap((part) => (typeof part === 'string' ? part.split(',') : [part]))
		.map((part) => (typeof part === 'string' ? part.trim() : shown(part)))
		.filter((name) => name !== '');
	const strange = names.find((name) => !RECIPIENTS.includes(name as Recipient));
	if (names.length > 0 && strange === undefined) {
		return RECIPIENTS.filter((recipient) => names.includes(recipient));
	}
	const what = strange === undefined ? 'No recipients are chosen.' : `"Recipients" has ${strange}.`;
	return failure('invalidRequest', {
		reach: 'record',
		message: `${what} It takes ${RECIPIENTS.join(', ')}.`,
		resolution: 'Choose one or more in "Recipients", or correct the expression there.',
	});
}

function keyProblem(key: string): Failure | undefined {
	if (/^[\w.-]{1,200}$/.test(key)) return undefined;
	const message = key === '' ? 'No campaign is chosen.' : `${key} is not the key of a campaign.`;
	return failure('invalidRequest', { reach: 'record', message, resolution: NO_SUCH_CAMPAIGN });
}
