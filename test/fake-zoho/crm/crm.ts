import type { Accounts } from '../accounts/accounts';
import { json, type Reply } from '../reply';
import {
	namedIds,
	parseObject,
	RECORDS_PATH,
	UNBLOCK_PATH,
	type ReceivedRequest,
} from '../requests';
import { scopeReply, throttleReply } from '../throttleFilter';
import { listEntry } from './modules';
import { isField, reasonAgainst, unblockFields, type CrmRecord, type Field } from './records';
import {
	CALL_REFUSALS,
	place,
	RECORD_REFUSALS,
	refusal,
	refuse,
	wrongType,
	type Refusal,
} from './refusals';
import { outcomeOf, refuseSize, type NamedRecord, type Obstacle } from './replies';
import { allows } from './scopes';
import { CrmSettings } from './settings';
import { CustomViews, type CustomView } from './views';

/** A refusal of a test's own, such as no page lists. HTTP 400 unless told otherwise. */
export type PlannedRefusal = Omit<Refusal, 'httpStatus'> & Partial<Refusal>;

/**
 * Zoho CRM: unblock_email, single and bulk, lists of records, of custom views and of modules; v6, v7,
 * v8. Lists of records in v2, too, where n8n's own node reads them.
 *
 * Checked in this order: token, scope, open calls, URL, method, module, fields, ids, number of ids,
 * what a test refuses, records. Open in the sources and decided here:
 * - The ids are needed where the URL names none, as the pages say (the OpenAPI file always requires
 *   them); with an id in the URL the body's are not read.
 * - A named field that holds no address is passed over. A record is permanently blocked when any
 *   named address is; already unblocked when none is blocked; else it must have a life left. The
 *   five lives are the record's: both its addresses share them, and a call spends one.
 * - A record named twice in a call is acted on once and has one entry each time it was named.
 * - A body that is no JSON object is an empty one: what is mandatory is not found.
 * - Module names in the URL are compared with case, scopes without.
 * - A token good for some module learns that a module does not exist; one good for none does not.
 */
export class Crm extends CrmSettings {
	private readonly records = new Map<string, CrmRecord>();
	/** By the record's id; in whatever module. */
	private readonly planned = new Map<string, Obstacle>();
	private plannedForAll: Obstacle | undefined;

	private readonly views: CustomViews;

	/** @param now ms; only page tokens are measured by it */
	constructor(
		private readonly accounts: Accounts,
		now: () => number = () => 0,
	) {
		super();
		this.views = new CustomViews(this, now, (module) => this.recordsOf(module));
	}

	/** Puts records into a module, with a softly bounced `Email` unless told otherwise. */
	add(module: string, ids: string | readonly string[], record: Partial<CrmRecord> = {}): void {
		for (const id of [ids].flat()) {
			this.records.set(`${module}/${id}`, {
				email: 'soft',
				secondary: 'none',
				timesUnblocked: 0,
				...record,
			});
		}
	}

	/** Adds a custom view, of the records with a temporarily bounced address unless told otherwise. */
	addView(view: Partial<CustomView> & Pick<CustomView, 'module'>): string {
		return this.views.add(view);
	}

	/** A record as it stands now. */
	get(module: string, id: string): Readonly<CrmRecord> | undefined {
		return this.records.get(`${module}/${id}`);
	}

	/**
	 * Refuses every call that names one of these records, as a whole, with nothing done and nobody
	 * named; `named`: tells it of the record instead, as the style has it.
	 */
	refuse(
		ids: string | readonly string[],
		{ named = false, ...refusal }: PlannedRefusal & { named?: boolean },
	): void {
		for (const id of [ids].flat()) this.planned.set(id, plannedObstacle(refusal, named));
	}

	/** Refuses every unblock, whatever it names; undefined ends it. */
	refuseAll(refusal: PlannedRefusal | undefined): void {
		this.plannedForAll = refusal && plannedObstacle(refusal, false);
	}

	/** `openCalls`: CRM calls that are open, this one among them. */
	handle(request: ReceivedRequest, openCalls: number): Reply {
		const reply = this.answer(request, openCalls);
		if (this.creditsRemaining === undefined) return reply;
		this.creditsRemaining = Math.max(0, this.creditsRemaining - 1);
		const credits = { 'x-api-credits-remaining': String(this.creditsRemaining) };
		return { ...reply, headers: { ...reply.headers, ...credits } };
	}

	private answer(request: ReceivedRequest, openCalls: number): Reply {
		const { kind, method, path, headers } = request;
		const grant = this.accounts.check(headers.authorization);
		if (grant.state === 'missing') return refuse(CALL_REFUSALS.unauthenticated);
		if (grant.state === 'invalid') {
			return refuse({ ...CALL_REFUSALS.deadToken, httpStatus: this.deadTokenStatus });
		}
		if (!allows(grant.scopes, request, this.modules, this.scopeFamily)) {
			const { scopeRefusal } = this;
			return scopeRefusal === 'page' ? refuse(CALL_REFUSALS.scope) : scopeReply(scopeRefusal);
		}
		if (openCalls > this.concurrencyLimit) return this.refuseTooMany();

		if (kind === 'other') return refuse(CALL_REFUSALS.url);
		if (method !== (kind === 'unblock' ? 'POST' : 'GET')) return refuse(CALL_REFUSALS.method);
		if (kind === 'modules') return json(200, { modules: this.modules.map(listEntry) });

		const query = new URLSearchParams(request.query);
		if (kind === 'customViews') return this.views.list(query, this.modules);

		if (kind === 'records') return this.readRecords(path, query);
		const { module = '', id } = UNBLOCK_PATH.exec(path)?.groups ?? {};
		if (!this.modules.some((known) => known.api_name === module && known.api_supported)) {
			return refuse(CALL_REFUSALS.module, { resource_path_index: 0 });
		}
		return this.unblock(module, id !== undefined, request);
	}

	private readRecords(path: string, query: URLSearchParams): Reply {
		const { version, module: name = '' } = RECORDS_PATH.exec(path)?.groups ?? {};
		const isOld = version === '2';
		const isMeant = (known: string) =>
			isOld ? known.toLowerCase() === name.toLowerCase() : known === name;
		const module = this.modules.find(
			({ api_name, api_supported }) => api_supported && isMeant(api_name),
		)?.api_name;
		if (module === undefined) return refuse(CALL_REFUSALS.module, { resource_path_index: 0 });
		return isOld ? this.views.readInV2(module, query) : this.views.read(module, query);
	}

	private *recordsOf(module: string): Iterable<[string, CrmRecord]> {
		const start = `${module}/`;
		for (const [key, record] of this.records) {
			if (key.startsWith(start)) yield [key.slice(start.length), record];
		}
	}

	private refuseTooMany(): Reply {
		if (this.tooManyStyle === 'tooManyRequests') return refuse(CALL_REFUSALS.tooMany);
		const text = `Cannot execute more than ${this.concurrencyLimit} requests at a time.`;
		return throttleReply(this.tooManyStyle, this.throttleWord, text);
	}

	private unblock(module: string, single: boolean, { path, body }: ReceivedRequest): Reply {
		const { unblock_fields: fields, ids: idsInBody } = parseObject(body) ?? {};
		if (isAbsent(fields)) return refuse(CALL_REFUSALS.missing, place('unblock_fields'));
		if (!single && isAbsent(idsInBody)) return refuse(CALL_REFUSALS.missing, place('ids'));
		if (!isTextArray(fields)) return refuse(CALL_REFUSALS.wrongType, wrongType('unblock_fields'));
		if (!single && !isTextArray(idsInBody)) {
			return refuse(CALL_REFUSALS.wrongType, wrongType('ids'));
		}
		if (!fields.every(isField)) return refuse(CALL_REFUSALS.unknownField, place('unblock_fields'));
		const unavailable = fields.filter((field) => !this.fieldsOf(module).includes(field));
		if (unavailable.length > 0) {
			const names = unavailable.join(', ').toUpperCase();
			return refuse(refusal('NOT_ALLOWED', `${names} field not available for module`, 400));
		}
		const ids = namedIds(path, body) ?? [];
		if (ids.length > this.maxIds) return refuseSize(this);
		if (this.plannedForAll !== undefined) return refuse(this.plannedForAll);

		// Everything is judged before anything is changed: a record named twice passes twice.
		const named = ids.map((id, index) => this.judge(module, id, index, fields));
		const { done, reply } = outcomeOf(named, single, this);
		const good = new Set(
			named.filter(({ obstacle }) => obstacle === undefined).map(({ id }) => id),
		);
		for (const id of done ? good : []) {
			const record = this.records.get(`${module}/${id}`);
			if (record !== undefined) unblockFields(record, fields);
		}
		return reply;
	}

	private judge(module: string, id: string, index: number, fields: readonly Field[]): NamedRecord {
		const planned = this.planned.get(id);
		if (planned !== undefined) return { index, id, obstacle: planned };
		const reason = reasonAgainst(this.get(module, id), fields);
		return reason === undefined
			? { index, id }
			: { index, id, obstacle: { ...RECORD_REFUSALS[reason], reason, named: true } };
	}
}

function plannedObstacle(refusal: PlannedRefusal, named: boolean): Obstacle {
	return { httpStatus: 400, ...refusal, reason: 'planned', named };
}

function isAbsent(value: unknown): boolean {
	return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function isTextArray(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
