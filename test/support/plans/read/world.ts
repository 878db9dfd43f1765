/** Plays a scene of campaigns in virtual time: what of them is asked for is read. */
import { Budget } from '../../../../nodes/limit/budget';
import { Window } from '../../../../nodes/limit/window';
import type { Ask } from '../../../../nodes/ZohoCampaignsDoNotMail/campaigns/ask';
import { CampaignsPlan } from '../../../../nodes/ZohoCampaignsDoNotMail/campaigns/plan';
import type { Recipient } from '../../../../nodes/ZohoCampaignsDoNotMail/campaigns/reply';
import type { Reason } from '../../../../nodes/zoho/failures';
import { Accounts } from '../../../fake-zoho/accounts/accounts';
import { Campaigns } from '../../../fake-zoho/campaigns/campaigns';
import type { RecipientAction } from '../../../fake-zoho/campaigns/reports';
import { FakeClock } from '../../clock';
import { Network } from '../network';
import { play, type Back } from '../play';
import { WatchedPlan } from '../watch';
import type { Range, Reached, Scene, SceneAsk } from './scene';

export interface PlayedAsk extends SceneAsk {
	ask: Ask | undefined;
	/** What there is to be found: each address, with the words that are true of it. */
	truth: Map<string, Set<Recipient>>;
	/** Of these, what was in campaigns that were deleted, and may not be found. */
	perishable: Set<string>;
}

export interface Played {
	scene: Scene;
	asks: PlayedAsk[];
	plan: CampaignsPlan;
	faults: string[];
	/** The calls that were handed out: the path of each, up to its `?`, and what comes behind it. */
	calls: Array<{ call: string; query: string }>;
	locks: number;
	/** What went wrong with calls. */
	troubles: Set<Reason>;
	isWhole: boolean;
	error: unknown;
}

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 11, 1);
const TIMEOUT_MS = 5_000;

const ACTIONS: Record<Recipient, RecipientAction> = {
	hardBounce: 'senthardbounce',
	softBounce: 'sentsoftbounce',
	spamComplaint: 'spamcontacts',
	optOut: 'optoutcontacts',
};

export const addressOf = (person: number) => `p${person}@example.com`;

const people = ([from, to]: Range) =>
	Array.from({ length: to - from }, (_, i) => addressOf(from + i));

const recipientsOf = (reached: Reached) =>
	Object.fromEntries(
		Object.entries(reached).map(([recipient, range]) => [
			ACTIONS[recipient as Recipient],
			people(range),
		]),
	);

export async function playScene(scene: Scene, by: 'hand' | 'driver'): Promise<Played> {
	const { settings, lists, nested, limit, dice } = scene;
	const clock = new FakeClock();
	const accounts = new Accounts(() => 0, 'https://zoho.invalid');
	const zoho = new Campaigns(clock.now, accounts);
	Object.assign(zoho.lists, { ...lists, ignored: new Set(lists.ignored) });
	Object.assign(zoho, { nested });
	zoho.reportLimit = {
		calls: limit,
		windowMs: settings.windowMinutes * 60_000,
		lockMs: 60_000,
		kind: 'rolling',
	};
	const keys = scene.campaigns.map(({ daysAgo, reached, testPhase, deletedAfter }) => {
		const phase = testPhase && ([recipientsOf(testPhase[0]), recipientsOf(testPhase[1])] as const);
		const sentAt = NOW - daysAgo * DAY_MS;
		const key = zoho.reports.add({
			sentAt,
			recipients: recipientsOf(reached),
			...(phase && { testPhase: phase }),
		});
		if (deletedAfter !== undefined) {
			clock.after(deletedAfter, () => {
				for (const gone of [key, ...(zoho.reports.get(key)?.children ?? [])]) {
					zoho.reports.delete(gone);
				}
			});
		}
		return key;
	});
	const authorization = `Bearer ${accounts.issue().access_token}`;
	const network = new Network(
		clock,
		scene,
		(request, open) => zoho.handle(request, open),
		authorization,
		TIMEOUT_MS,
	);
	let thrown = 0;
	const limits = {
		callsPerWindow: settings.callsPerWindow,
		windowMs: settings.windowMinutes * 60_000,
		longestCallMs: TIMEOUT_MS,
	};
	const budget = new Budget(new Window(-Infinity), limits, clock.now());
	const plan = new CampaignsPlan(settings, budget, () => dice[thrown++ % dice.length]!);
	const watched = new WatchedPlan(plan, {
		maxParallelRequests: settings.maxParallelRequests,
		isHeldBack: settings.stopAtFailure,
		timeoutMs: TIMEOUT_MS,
	});
	const asks = scene.asks.map(
		(asked): PlayedAsk => ({
			...asked,
			ask: undefined,
			...truthOf(scene, asked),
		}),
	);
	const troubles = new Set<Reason>();
	const calls: Played['calls'] = [];
	let end: { isWhole: boolean; error?: unknown } | undefined;
	await play(
		clock,
		[
			{
				plan: watched,
				send: ({ reading }, back: Back) => {
					const request = reading.request(TIMEOUT_MS);
					const [call = '', query = ''] = request.path.split('?');
					calls.push({ call: call.split('/').at(-1)!, query });
					const { trouble } = network.send(request, { ...back, isOpen: () => true });
					if (trouble) troubles.add(trouble.reason);
				},
				timeoutMs: TIMEOUT_MS,
				items: asks.map((one) => () => {
					const { which, recipients, most } = one;
					const asked =
						'days' in which
							? { since: NOW - which.days * DAY_MS }
							: { key: keys[which.campaign] ?? '3znone' };
					one.ask = plan.ask({ which: asked, recipients, most });
				}),
				readMs: scene.readMs,
				chunk: scene.chunk,
				startAfter: 0,
				cancelAfter: scene.cancelAfter,
				allRead: () => {},
				ended: (isWhole, error) => (end = { isWhole, error }),
			},
		],
		by,
	);
	plan.finish(clock.now());
	const { isWhole = false, error } = end ?? {};
	const { faults } = watched;
	return {
		scene,
		asks,
		plan,
		faults,
		calls,
		locks: zoho.reportLocks,
		troubles,
		isWhole,
		error,
	};
}

/** What an ask is to find. */
function truthOf(scene: Scene, { which, recipients }: SceneAsk) {
	const truth: PlayedAsk['truth'] = new Map();
	const lasting = new Set<string>();
	scene.campaigns.forEach(({ daysAgo, reached, testPhase = [], deletedAfter }, place) => {
		const isMeant = 'days' in which ? daysAgo <= which.days : which.campaign === place;
		if (!isMeant) return;
		for (const recipient of recipients) {
			for (const part of [reached, ...testPhase]) {
				for (const address of people(part[recipient] ?? [0, 0])) {
					truth.set(address, (truth.get(address) ?? new Set()).add(recipient));
					if (deletedAfter === undefined) lasting.add(address);
				}
			}
		}
	});
	const perishable = new Set([...truth.keys()].filter((address) => !lasting.has(address)));
	return { truth, perishable };
}
