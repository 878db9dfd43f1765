/** Plays a scene of custom views in virtual time: they are read, and then what is in them unblocked. */
import { pageRequest } from '../../../nodes/ZohoCrmUnblockEmail/view/page';
import { Groups } from '../../../nodes/ZohoCrmUnblockEmail/groups';
import { paceOf, UnblockPlan } from '../../../nodes/ZohoCrmUnblockEmail/plan';
import { RecordList } from '../../../nodes/ZohoCrmUnblockEmail/records';
import { requestFor } from '../../../nodes/ZohoCrmUnblockEmail/reply';
import { resultsOf } from '../../../nodes/ZohoCrmUnblockEmail/results';
import { ViewList } from '../../../nodes/ZohoCrmUnblockEmail/view/list';
import { ViewPlan, type View } from '../../../nodes/ZohoCrmUnblockEmail/view/plan';
import type { Result } from '../../../nodes/n8n/output';
import type { Plan } from '../../../nodes/run/plan';
import { unsent } from '../../../nodes/zoho/failures';
import type { Request } from '../../../nodes/zoho/reply';
import { Accounts } from '../../fake-zoho/accounts/accounts';
import { Crm } from '../../fake-zoho/crm/crm';
import { FakeClock } from '../clock';
import { Network } from '../network';
import { play, type Back } from '../play';
import type { Trouble } from '../troubles';
import { WatchedPlan } from '../watch';
import type { Range, Scene } from './scene';

/** A view that was named, what is in it, and how it was read. */
export interface PlayedView extends Range {
	ids: string[];
	view: View;
	/** What went wrong with calls for its pages. */
	troubles: Set<Trouble>;
}

export interface Played {
	scene: Scene;
	views: PlayedView[];
	/** For each item, what came of it; undefined where the run was cancelled. */
	results: Result[][] | undefined;
	plan: ViewPlan;
	/** What the plans did wrong while they were played. */
	faults: string[];
	/** When calls were handed out, in ms: those for pages, and those that unblock. */
	pages: number[];
	unblocks: number[];
	/** The records that are unblocked at Zoho in the end. */
	unblocked: Set<string>;
	isWhole: boolean;
	/** How long after the Stop button it ended, in ms. */
	stoppedAfter: number | undefined;
	error: unknown;
}

export const TIMEOUT_MS = 5_000;

const CALL = { apiVersion: 'v8', timeout: TIMEOUT_MS };

export async function playScene(scene: Scene, by: 'hand' | 'driver'): Promise<Played> {
	return await new ViewWorld(scene).play(by);
}

interface Half<Call extends object> {
	plan: WatchedPlan<Call>;
	requestOf: (call: Call) => Request;
	items: Array<() => void>;
	allRead: () => void;
	troubleOf?: (call: Call, trouble: Trouble) => void;
}

class ViewWorld {
	private readonly clock = new FakeClock();
	private readonly accounts = new Accounts(() => 0, 'https://zoho.invalid');
	private readonly crm = new Crm(this.accounts, this.clock.now);
	private readonly network: Network;
	private readonly groups: Groups;
	private readonly random: () => number;
	private readonly views = new Map<string, PlayedView>();
	private readonly start = this.clock.now();
	private end: { isWhole: boolean; at: number; error: unknown } | undefined;

	constructor(private readonly scene: Scene) {
		let thrown = 0;
		this.groups = new Groups(scene.settings);
		this.random = () => scene.dice[thrown++ % scene.dice.length]!;
		this.crm.listLimits = scene.listLimits;
		this.crm.concurrencyLimit = scene.concurrencyLimit;
		for (const module of ['Leads', 'Contacts']) {
			for (let i = 0; i < scene.records; i++) this.crm.add(module, idOf(module, i));
		}
		const token = this.accounts.issue().access_token;
		this.network = new Network(
			this.clock,
			scene,
			(request, open) => this.crm.handle(request, open),
			`Bearer ${token}`,
			TIMEOUT_MS,
		);
	}

	async play(by: 'hand' | 'driver'): Promise<Played> {
		const { scene, groups, random } = this;
		const { settings } = scene;
		const pace = paceOf(settings);
		const plan = new ViewPlan(settings, pace, random);
		const list = new ViewList(groups, plan);
		const reading = this.watch(plan);
		await this.playHalf(by, {
			plan: reading,
			requestOf: ({ view, place }) => pageRequest(view, place, CALL),
			items: this.inputs().map((input, item) => () => list.add(item, input)),
			allRead: () => settings.stopAtFailure && list.hasBadInput && plan.outbox.abort(),
			troubleOf: ({ view }, trouble) => this.views.get(view.id)!.troubles.add(trouble),
		});
		for (const { view } of list.named) if (view) this.views.get(view.id)!.view = view;
		const played = { scene, plan, views: [...this.views.values()] };
		const pages = reading.sent.map(({ at }) => at);
		const nothing = { results: undefined, faults: reading.faults, pages, unblocks: [] };
		if (!this.end?.isWhole) return { ...played, ...nothing, ...this.ending() };

		const unblock = new UnblockPlan(settings, groups, pace, random);
		if (plan.outbox.abortedFor) unblock.outbox.abort(plan.outbox.abortedFor);
		const records = new RecordList((group, id) => unblock.add(group, id), groups);
		const unblocking = this.watch(unblock, pages.length > 0);
		await this.playHalf(by, {
			plan: unblocking,
			requestOf: ({ group, batch }) => requestFor(group, batch.ids, CALL),
			items: list.named.map((named) => () => records.addView(named)),
			allRead: () => settings.stopAtFailure && records.hasBadInput && unblock.outbox.abort(),
		});
		unblock.finish();
		const all = [...resultsOf(records.named, unsent(unblock.outbox.abortedFor))];
		const byItem = scene.items.map((_, item) => all.filter((result) => result.item === item));
		return {
			...played,
			results: this.end.isWhole ? byItem : undefined,
			faults: [...reading.faults, ...unblocking.faults],
			pages,
			unblocks: unblocking.sent.map(({ at }) => at),
			...this.ending(),
		};
	}

	/** What the items name; a view is made for each range. */
	private inputs() {
		return this.scene.items.map((item) => {
			const module = item === 'noView' ? 'Leads' : item.module;
			const customView = item === 'noView' ? 'none' : this.viewOf(item);
			const limit = (item === 'noView' ? undefined : item.limit) ?? Infinity;
			return { customView, module, unblockFields: ['Email'], limit };
		});
	}

	private viewOf(range: Range): string {
		const { module, from, to } = range;
		const known = [...this.views].find(
			([, other]) => other.module === module && other.from === from && other.to === to,
		);
		if (known) return known[0];
		const ids = Array.from({ length: to - from }, (_, i) => idOf(module, from + i));
		const inIt = new Set(ids);
		// Records leave it as they are unblocked.
		const id = this.crm.addView({
			module,
			holds: ({ email }, id) => email === 'soft' && inIt.has(id),
		});
		const view = { module, id, records: [], isRead: false };
		this.views.set(id, { ...range, ids, view, troubles: new Set() });
		return id;
	}

	private watch<Call extends object>(plan: Plan<Call>, hasAnswer = false): WatchedPlan<Call> {
		const { maxParallelRequests, stopAtFailure: isHeldBack } = this.scene.settings;
		const timeoutMs = TIMEOUT_MS;
		return new WatchedPlan(plan, { maxParallelRequests, isHeldBack, timeoutMs, hasAnswer });
	}

	private async playHalf<Call extends object>(
		by: 'hand' | 'driver',
		{ plan, requestOf, items, allRead, troubleOf }: Half<Call>,
	): Promise<void> {
		const { readMs, chunk, cancelAfter } = this.scene;
		const sinceStart = this.clock.now() - this.start;
		const left = cancelAfter === undefined ? undefined : Math.max(0, cancelAfter - sinceStart);
		const run = {
			plan,
			send: (call: Call, back: Back) => {
				const { trouble } = this.network.send(requestOf(call), { ...back, isOpen: () => true });
				if (trouble) troubleOf?.(call, trouble);
			},
			timeoutMs: TIMEOUT_MS,
			items: [...items],
			readMs,
			chunk,
			startAfter: 0,
			cancelAfter: left,
			allRead,
			ended: (isWhole: boolean, error: unknown) => {
				this.end = { isWhole, at: this.clock.now(), error };
			},
		};
		await play(this.clock, [run], by);
	}

	private ending() {
		const { isWhole = false, at = this.start, error } = this.end ?? {};
		const { cancelAfter, records } = this.scene;
		const isStopped = !isWhole && cancelAfter !== undefined;
		const ids = ['Leads', 'Contacts'].flatMap((module) =>
			Array.from({ length: records }, (_, i) => idOf(module, i)).filter(
				(id) => this.crm.get(module, id)?.email === 'unblocked',
			),
		);
		return {
			unblocked: new Set(ids),
			isWhole,
			stoppedAfter: isStopped ? at - this.start - cancelAfter : undefined,
			error,
		};
	}
}

function idOf(module: string, place: number): string {
	return String((module === 'Leads' ? 2423488000000575000n : 2423488000000675000n) + BigInt(place));
}
