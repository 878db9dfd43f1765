/** Plays a scene of the node "Zoho Campaigns Do-Not-Mail" in virtual time. */
import { Budget } from '../../../../nodes/limit/budget';
import { Window } from '../../../../nodes/limit/window';
import { isFailure } from '../../../../nodes/zoho/failures';
import type { Address } from '../../../../nodes/ZohoCampaignsDoNotMail/addresses';
import { requestFor } from '../../../../nodes/ZohoCampaignsDoNotMail/contactInfo';
import type { Call } from '../../../../nodes/ZohoCampaignsDoNotMail/plan';
import { MovePlan } from '../../../../nodes/ZohoCampaignsDoNotMail/plan';
import type { Outcome } from '../../../../nodes/ZohoCampaignsDoNotMail/reply';
import { Accounts } from '../../../fake-zoho/accounts/accounts';
import { Campaigns } from '../../../fake-zoho/campaigns/campaigns';
import { FakeClock } from '../../clock';
import { Network } from '../network';
import { play, type Back, type Play } from '../play';
import type { Trouble } from '../troubles';
import { WatchedPlan } from '../watch';
import { Processes } from './processes';
import type { Run, Scene, Standing } from './scene';

export interface PlayedAddress {
	address: Address;
	standing: Standing;
	/** What went wrong with calls for it. */
	troubles: Set<Trouble>;
	/** A call for it was open when the run ended. */
	isOpen: boolean;
	/** What the plan made of it, undefined where it was not sent. */
	outcome: Outcome | undefined;
	/** Whether this run has moved it. */
	isDone: boolean;
}

export interface PlayedRun {
	run: Run;
	plan: MovePlan;
	budget: Budget;
	addresses: PlayedAddress[];
	/** The plan as it was played, and what it did wrong. */
	watched: WatchedPlan<Call>;
	isWhole: boolean;
	/** How long after the Stop button it ended, in ms. */
	stoppedAfter: number | undefined;
	error: unknown;
}

export interface Played {
	scene: Scene;
	runs: PlayedRun[];
	campaigns: Campaigns;
	/** When a request of ours reached Zoho, in ms. */
	arrivals: number[];
	/** Of these, those that came when their call had been given up as overdue. */
	strays: number;
	/** Calls in the middle of a run for which n8n had to renew the token, and so made two requests. */
	renewals: number;
	/** Calls that were given up before they could tell of their second request. */
	untold: number;
	troubles: number;
}

export const TIMEOUT_MS = 5_000;

export async function playScene(scene: Scene, by: 'hand' | 'driver'): Promise<Played> {
	const world = new MoveWorld(scene);
	return await world.play(by);
}

class MoveWorld {
	private readonly clock = new FakeClock(5_000);
	/** By a clock that stands still: a token expires where the scene says so. */
	private readonly accounts = new Accounts(() => 0, 'https://zoho.invalid');
	private readonly campaigns = new Campaigns(this.clock.now, this.accounts);
	private readonly window = new Window(-Infinity);
	private readonly processes: Processes | undefined;
	private readonly network: Network;
	private readonly played: Played;
	/** Calls of two requests that have not told of both. */
	private readonly renewed = new Set<Call>();
	private thrown = 0;

	constructor(private readonly scene: Scene) {
		Object.assign(this.campaigns, scene.zoho);
		this.campaigns.limit = { ...scene.limit };
		const { sharing } = scene;
		this.processes = sharing && new Processes(this.clock, sharing, () => this.throwDice());
		this.network = new Network(
			this.clock,
			scene,
			(request, open) => this.campaigns.handle(request, open),
			`Bearer ${this.accounts.issue().access_token}`,
			TIMEOUT_MS,
		);
		const { arrivals } = this.network;
		const counts = { strays: 0, renewals: 0, untold: 0, troubles: 0 };
		this.played = { scene, runs: [], campaigns: this.campaigns, arrivals, ...counts };
	}

	async play(by: 'hand' | 'driver'): Promise<Played> {
		const { others, runs } = this.scene;
		for (const after of others) this.clock.after(after, () => this.takeOthersCall());
		const plays = runs.map((run, i) => this.begin(run, i));
		await play(this.clock, plays, by);
		for (const { addresses, plan } of this.played.runs) {
			for (const one of addresses) {
				one.outcome = plan.outcomeOf(one.address);
				one.isDone = this.campaigns.registry.get(one.address.email)?.moved === 1;
			}
		}
		this.played.strays = this.network.strays;
		this.played.untold = this.renewed.size;
		return this.played;
	}

	private takeOthersCall(): void {
		this.campaigns.handle(
			{
				kind: 'doNotMail',
				at: this.clock.now(),
				method: 'POST',
				path: '/api/v1.1/json/contactdonotmail',
				query: 'resfmt=JSON',
				headers: { authorization: `Bearer ${this.accounts.issue().access_token}` },
				body: '',
			},
			1,
		);
	}

	private begin(run: Run, index: number): Play<Call> {
		const { settings, startAfter } = run;
		const played = this.playedRun(run, index);
		const { plan, watched, addresses } = played;
		this.played.runs.push(played);
		this.watch(played);
		const startedAt = this.clock.now() + startAfter;
		return {
			plan: watched,
			send: (call, back) => this.send(call, back, played),
			timeoutMs: TIMEOUT_MS,
			items: addresses.map((one) => () => plan.add(one.address)),
			...run,
			allRead: () => settings.stopAtFailure && run.badInput && plan.outbox.abort(),
			ended: (isWhole, error) => {
				Object.assign(played, { isWhole, error });
				this.end(played, startedAt);
			},
		};
	}

	private playedRun(run: Run, index: number): PlayedRun {
		const { settings } = run;
		const budget = this.budgetOf(run, index);
		const plan = new MovePlan(settings, budget, () => this.throwDice());
		const watched = new WatchedPlan<Call>(plan, {
			maxParallelRequests: settings.maxParallelRequests,
			isHeldBack: settings.stopAtFailure,
			timeoutMs: TIMEOUT_MS,
		});
		const addresses = run.standings.map((standing, i) => this.place(standing, `${index}.${i}`));
		const notYet = { isWhole: false, stoppedAfter: undefined, error: undefined };
		return { run, plan, budget, watched, addresses, ...notYet };
	}

	private budgetOf({ settings }: Run, index: number): Budget {
		const { callsPerWindow, windowMinutes } = settings;
		const limits = { callsPerWindow, windowMs: windowMinutes * 60_000, longestCallMs: TIMEOUT_MS };
		const shared = this.processes?.budgetOf(index, limits);
		return shared ?? new Budget(this.window, limits, this.clock.now());
	}

	private end(played: PlayedRun, startedAt: number): void {
		const { plan, budget, watched, addresses, run, isWhole } = played;
		const open = [...watched.open.keys()];
		for (const one of addresses) {
			one.isOpen = open.some(({ address }) => address === one.address);
		}
		for (const call of open) if (call.requests > 1) this.renewed.delete(call);
		if (!isWhole && run.cancelAfter !== undefined) {
			played.stoppedAfter = this.clock.now() - startedAt - run.cancelAfter;
		}
		plan.finish(this.clock.now());
		void budget.flush(5_000);
	}

	private throwDice(): number {
		const { dice } = this.scene;
		return dice[this.thrown++ % dice.length]!;
	}

	private place(standing: Standing, name: string): PlayedAddress {
		const local = standing === 'odd' ? `"odd;name:${name}"` : name;
		const email = `${local}@example.com`;
		if (standing === 'in') this.campaigns.add(email);
		if (standing === 'refused') this.campaigns.answer(email, '2004');
		return {
			address: { email },
			standing,
			troubles: new Set(),
			isOpen: false,
			outcome: undefined,
			isDone: false,
		};
	}

	private watch({ watched, addresses, plan, run }: PlayedRun): void {
		const { faults } = watched;
		let hasFailed = false;
		watched.onSend = ({ address }) => {
			if (plan.outbox.abortedFor) faults.push('sends although it has ended');
			if (hasFailed && run.settings.stopAtFailure) faults.push('sends after a failure');
			if (plan.outcomeOf(address)) faults.push('sends an address that is settled');
			const others = [...watched.open.keys()].filter((call) => call.address === address);
			if (others.length > 1) faults.push('has an address in two calls at once');
		};
		watched.onTaken = (call, { reply, requests }) => {
			const isCounted = requests > 1 || (call.requests > 1 && isFailure(reply));
			if (isCounted) this.renewed.delete(call);
			for (const one of addresses) {
				const now = plan.outcomeOf(one.address);
				if (one.outcome && one.outcome !== now) faults.push('changes an outcome');
				one.outcome = now;
				hasFailed ||= now !== undefined && isFailure(now);
			}
		};
	}

	private send(call: Call, back: Back, { run, addresses }: PlayedRun): void {
		const { responseFormat } = run.settings;
		const format = { responseFormat, timeout: TIMEOUT_MS };
		const request = requestFor(call.address.email, call.form, format);
		// Also after Stop it may arrive for so long, and no longer.
		const isOpen = () => this.clock.now() < call.startedAt + TIMEOUT_MS;
		const { trouble, isRenewed } = this.network.send(request, { ...back, isOpen });
		if (isRenewed) this.renewed.add(call);
		if (isRenewed && call.requests === 1) this.played.renewals++;
		if (!trouble) return;
		this.played.troubles++;
		addresses.find(({ address }) => address === call.address)?.troubles.add(trouble);
	}
}
