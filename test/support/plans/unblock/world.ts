/** Plays a scene of the node "Zoho CRM Unblock Email" in virtual time. */
import { isFailure } from '../../../../nodes/zoho/failures';
import { Groups, type Group } from '../../../../nodes/ZohoCrmUnblockEmail/groups';
import { UnblockPlan, type Call } from '../../../../nodes/ZohoCrmUnblockEmail/plan';
import type { Outcome } from '../../../../nodes/ZohoCrmUnblockEmail/outcomes';
import { requestFor } from '../../../../nodes/ZohoCrmUnblockEmail/reply';
import { Accounts } from '../../../fake-zoho/accounts/accounts';
import { Crm } from '../../../fake-zoho/crm/crm';
import { FakeClock } from '../../clock';
import { Network } from '../network';
import { play, type Back } from '../play';
import type { Trouble } from '../troubles';
import { WatchedPlan } from '../watch';
import { GROUPS, type Scene, type Standing } from './scene';

export interface PlayedRecord {
	id: string;
	group: Group;
	standing: Standing;
	/** What went wrong with calls that named it. */
	troubles: Set<Trouble>;
	/** What the plan made of it, undefined where it was not sent. */
	outcome: Outcome | undefined;
	/** How often it was unblocked in this run. */
	timesDone: number;
}

export interface Played {
	scene: Scene;
	plan: UnblockPlan;
	records: PlayedRecord[];
	/** What the plan did wrong while it was played. */
	faults: string[];
	calls: SentCall[];
	sent: WatchedPlan<Call>['sent'];
	isWhole: boolean;
	/** How long after the Stop button it ended, in ms. */
	stoppedAfter: number | undefined;
	error: unknown;
}

/** A call, and where in the order of events it was handed out and answered. */
export interface SentCall {
	group: Group;
	ids: readonly string[];
	sentAs: number;
	takenAs?: number;
	/** Of its records, those that had failed once it was taken in. */
	failed?: string[];
	trouble: Trouble | undefined;
}

export const TIMEOUT_MS = 5_000;

/** Refusals that no page of Zoho's lists for single records. */
export const LOCKED = { code: 'NOT_ALLOWED', message: 'The record is locked by a process' };
export const FORBIDDEN = { code: 'NO_PERMISSION', message: 'No permission for this record' };
const LISTED = { code: 'INVALID_MODULE', message: 'The module name given seems to be invalid' };

export async function playScene(scene: Scene, by: 'hand' | 'driver'): Promise<Played> {
	return await new UnblockWorld(scene).play(by);
}

class UnblockWorld {
	private readonly clock = new FakeClock(5_000);
	/** By a clock that stands still: a token expires where the scene says so. */
	private readonly accounts = new Accounts(() => 0, 'https://zoho.invalid');
	private readonly crm = new Crm(this.accounts);
	private readonly records: PlayedRecord[];
	private readonly plan: UnblockPlan;
	private readonly watched: WatchedPlan<Call>;
	private readonly network: Network;
	private readonly calls = new Map<Call, SentCall>();
	private readonly byId: Map<string, PlayedRecord>;
	private happenings = 0;
	private arrived = 0;

	constructor(private readonly scene: Scene) {
		const { settings, dice } = scene;
		let thrown = 0;
		const groups = new Groups(settings);
		const random = () => dice[thrown++ % dice.length]!;
		this.plan = new UnblockPlan(settings, groups, undefined, random);
		this.watched = new WatchedPlan(this.plan, {
			maxParallelRequests: settings.maxParallelRequests,
			isHeldBack: settings.stopAtFailure,
			timeoutMs: TIMEOUT_MS,
		});
		this.records = scene.records.map(({ standing, group }, i) => ({
			id: String(2423488000000575000n + BigInt(i)),
			group: groups.of({ module: GROUPS[group]!.module, unblockFields: GROUPS[group]!.fields }),
			standing,
			troubles: new Set(),
			outcome: undefined,
			timesDone: 0,
		}));
		this.byId = new Map(this.records.map((record) => [record.id, record]));
		this.setUpZoho();
		this.network = new Network(
			this.clock,
			scene,
			(request, open) => {
				const { styles } = scene;
				const style = styles[this.arrived++ % styles.length];
				if (style) this.crm.style = style;
				return this.crm.handle(request, open);
			},
			`Bearer ${this.accounts.issue().access_token}`,
			TIMEOUT_MS,
		);
		this.watched.onSend = (call) => this.note(call);
		this.watched.onTaken = (call) => this.noteAnswer(call);
	}

	async play(by: 'hand' | 'driver'): Promise<Played> {
		const { scene, plan } = this;
		const { readMs, chunk, cancelAfter } = scene;
		const start = this.clock.now();
		let end: { isWhole: boolean; at: number; error: unknown } | undefined;
		const run = {
			plan: this.watched,
			send: (call: Call, back: Back) => {
				const { group, batch } = call;
				const request = requestFor(group, batch.ids, { apiVersion: 'v8', timeout: TIMEOUT_MS });
				const { trouble } = this.network.send(request, { ...back, isOpen: () => true });
				this.calls.get(call)!.trouble = trouble;
				if (trouble) for (const id of batch.ids) this.byId.get(id)!.troubles.add(trouble);
			},
			timeoutMs: TIMEOUT_MS,
			items: this.records.map(
				({ group, id }) =>
					() =>
						plan.add(group, id),
			),
			readMs,
			chunk,
			startAfter: 0,
			cancelAfter,
			allRead: () => scene.settings.stopAtFailure && scene.badInput && plan.outbox.abort(),
			ended: (isWhole: boolean, error: unknown) => {
				end = { isWhole, at: this.clock.now(), error };
				plan.finish();
			},
		};
		await play(this.clock, [run], by);
		const { isWhole = false, at = start, error } = end ?? {};
		const stoppedAfter =
			isWhole || cancelAfter === undefined ? undefined : at - start - cancelAfter;
		this.readResults();
		const { records } = this;
		const calls = [...this.calls.values()];
		const { faults, sent } = this.watched;
		return { scene, plan, records, faults, calls, sent, isWhole, stoppedAfter, error };
	}

	private setUpZoho(): void {
		const { zoho, refuseAll, named } = this.scene;
		Object.assign(this.crm, zoho);
		this.crm.deadTokenStatus = 401;
		for (const { id, group, standing } of this.records) {
			if (standing === 'locked') this.crm.refuse(id, { ...LOCKED, named });
			if (standing === 'forbidden') this.crm.refuse(id, { ...FORBIDDEN, named });
			if (standing === 'missing') continue;
			const email = standing === 'hard' || standing === 'unblocked' ? standing : 'soft';
			const secondary = 'none';
			const timesUnblocked = standing === 'worn' ? 5 : 0;
			this.crm.add(group.module, id, { email, secondary, timesUnblocked });
		}
		if (refuseAll) this.crm.refuseAll(refuseAll === 'listed' ? LISTED : LOCKED);
	}

	private note(call: Call): void {
		const { group, batch } = call;
		const { faults } = this.watched;
		if (this.plan.outbox.abortedFor) faults.push('sends although it has ended');
		if (batch.ids.length === 0) faults.push('sends an empty call');
		if (batch.ids.length > this.scene.settings.batchSize) faults.push('sends too large a call');
		if (new Set(batch.ids).size < batch.ids.length) faults.push('names a record twice in a call');
		const elsewhere = new Set(
			[...this.watched.open.keys()]
				.filter((other) => other !== call)
				.flatMap(({ batch }) => batch.ids),
		);
		for (const id of batch.ids) {
			const record = this.byId.get(id);
			if (record?.group.module !== group.module) faults.push('sends a record to another module');
			if (elsewhere.has(id)) faults.push('has a record in two calls at once');
			if (record && this.outcomeOf(record)) faults.push('sends a record that is settled');
		}
		this.calls.set(call, {
			group,
			ids: batch.ids,
			sentAs: this.happenings++,
			trouble: undefined,
		});
	}

	private noteAnswer(call: Call): void {
		const sent = this.calls.get(call)!;
		sent.takenAs = this.happenings++;
		sent.failed = [];
		// In a long list only those of the call are looked at, lest the test takes longer than the run.
		const isLongList = this.records.length > 200;
		const looked = isLongList ? sent.ids.map((id) => this.byId.get(id)!) : this.records;
		for (const record of looked) {
			const now = this.outcomeOf(record);
			if (!isKept(record.outcome, now)) this.watched.faults.push('changes an outcome');
			record.outcome = now;
			if (now && isFailure(now) && sent.ids.includes(record.id)) sent.failed.push(record.id);
		}
	}

	private outcomeOf({ group, id }: PlayedRecord): Outcome | undefined {
		return group.outcomes.get(id);
	}

	private readResults(): void {
		for (const record of this.records) {
			record.outcome = this.outcomeOf(record);
			const { timesUnblocked = 0 } = this.crm.get(record.group.module, record.id) ?? {};
			record.timesDone = timesUnblocked - (record.standing === 'worn' ? 5 : 0);
		}
	}
}

/** Whether what was said of a record still is; a doubt may have been cleared since. */
function isKept(before: Outcome | undefined, now: Outcome | undefined): boolean {
	if (!before || before === now) return true;
	if (!now) return false;
	const wasInDoubt = isFailure(before) ? before.doubtful : before.message.includes('perhaps');
	const word = (outcome: Outcome) => (isFailure(outcome) ? outcome.reason : outcome.status);
	return word(before) === word(now) || (wasInDoubt && word(now) === 'alreadyUnblocked');
}
