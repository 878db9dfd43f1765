import type { Accounts } from './oauth';
import { json, type Reply } from './reply';
import { namedIds, parseObject, UNBLOCK_PATH, type ReceivedRequest } from './requests';

/** How an address stands: bounced softly, bounced for good, not blocked, or there is none. */
export type Bounce = 'soft' | 'hard' | 'unblocked' | 'none';

export interface CrmRecord {
	email: Bounce;
	secondary: Bounce;
	/** How often it was unblocked in its life; at 5 it cannot be again. */
	timesUnblocked: number;
}

/** The part of a module that tests choose; the list's other properties are filled in. */
export interface CrmModule {
	api_name: string;
	plural_label: string;
	generated_type: 'default' | 'web' | 'linking' | 'custom';
	api_supported: boolean;
}

/** One of Zoho's refusals: code, message, HTTP status. */
interface Refusal {
	code: string;
	message: string;
	httpStatus: number;
}

const MAX_TIMES_UNBLOCKED = 5;

/** Code, message and status as on the v6 page, for what hits the whole call. */
const CALL_REFUSALS = {
	unauthenticated: refusal('AUTHENTICATION_FAILURE', 'Authentication failed', 401),
	deadToken: refusal('INVALID_TOKEN', 'invalid oauth token', 401),
	scope: refusal('OAUTH_SCOPE_MISMATCH', 'Unauthorized', 401),
	tooMany: refusal(
		'TOO_MANY_REQUESTS',
		'You have made too many requests. Please try again after some time.',
		429,
	),
	method: refusal('INVALID_REQUEST_METHOD', 'The http request method type is not a valid one', 400),
	url: refusal(
		'INVALID_URL_PATTERN',
		'Please check if the URL trying to access is a correct one',
		404,
	),
	module: refusal('INVALID_MODULE', 'The module name given seems to be invalid', 400),
	missing: refusal('MANDATORY_NOT_FOUND', 'required field not found', 400),
	wrongType: refusal('INVALID_DATA', 'invalid data', 400),
	unknownField: refusal('NOT_ALLOWED', 'unknown field provided', 400),
};

/** Code, message and status as on the v6 page, for what hits a record. */
const RECORD_REFUSALS = {
	noRecord: refusal('INVALID_DATA', 'Invalid record provided', 400),
	hard: refusal('NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently', 400),
	worn: refusal('NOT_ALLOWED', 'Cannot unblock, email has been unblocked 5 times already', 400),
	already: refusal('NOT_ALLOWED', 'Email is already unblocked', 400),
};

/** The id of a record that nobody named. */
const STRANGER = 9_999_999_000_000_000_000n;

const FIELDS = { Email: 'email', Secondary_Email: 'secondary' } as const;
type Field = keyof typeof FIELDS;

/** The v6 page's list of supported modules. */
export const STANDARD_MODULES = [
	'Leads',
	'Contacts',
	'Deals',
	'Accounts',
	'Sales_Orders',
	'Purchase_Orders',
	'Invoices',
	'Quotes',
	'Cases',
] as const;

/** An account also has modules that cannot be unblocked in; a list that shows them is wrong. */
const OTHER_MODULES: readonly CrmModule[] = [
	{ api_name: 'Home', plural_label: 'Home', generated_type: 'default', api_supported: false },
	{ api_name: 'Tasks', plural_label: 'Tasks', generated_type: 'default', api_supported: true },
	{
		api_name: 'Leads_X_Products',
		plural_label: 'Leads X Products',
		generated_type: 'linking',
		api_supported: true,
	},
];

/**
 * Zoho CRM: unblock_email, single and bulk, and the list of modules; v6, v7, v8.
 *
 * Checked in this order: token, scope, open calls, URL, method, module, fields, ids, number of ids,
 * records. Open in the sources and decided here:
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
export class Crm {
	/**
	 * `allOrNothing`: the call fails as a whole with the error of its first bad record, without
	 * saying which. `indexed`: the same, and says which. `mixed`: `data[]` with an entry for each.
	 */
	style: 'allOrNothing' | 'indexed' | 'mixed' = 'allOrNothing';
	/** How `indexed` says which: `$.ids[3]`, 3 (in the URL's place for a single record), or the id. */
	indexBy: 'json_path' | 'resource_path_index' | 'id' = 'json_path';
	/** HTTP status of a `mixed` reply that has an error in it. */
	mixedStatus: 200 | 202 | 207 = 207;
	/** What else may be odd about `data[]`. */
	dataQuirks: {
		order?: 'sent' | 'reversed' | 'shuffled';
		/** So many of its first entries are left out. */
		drop?: number;
		/** So many entries for records that nobody named are added at its end. */
		extra?: number;
		/** The ids are JSON numbers, with all their digits. */
		idsAsNumbers?: boolean;
	} = {};
	/** Ids that one call takes. */
	maxIds = 500;
	/** Where a call with more says the number: in `details` under either code, in words, nowhere. */
	sizeRefusal: 'limitExceeded' | 'invalidData' | 'inMessage' | 'unstated' = 'limitExceeded';
	/** Calls that may be open at one time; one more is refused. */
	concurrencyLimit = Infinity;
	/** The account's modules, as the list has them; push to add one. */
	modules: CrmModule[] = [
		...STANDARD_MODULES.map((name) => ({
			api_name: name,
			plural_label: name.replaceAll('_', ' '),
			generated_type: 'default' as const,
			api_supported: true,
		})),
		...OTHER_MODULES,
	];
	/** The e-mail fields that a module has. */
	fieldsOf: (module: string) => readonly string[] = (module) =>
		OTHER_MODULES.some(({ api_name }) => api_name === module) ? [] : Object.keys(FIELDS);

	private readonly records = new Map<string, CrmRecord>();

	constructor(private readonly accounts: Accounts) {}

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

	/** A record as it stands now. */
	get(module: string, id: string): Readonly<CrmRecord> | undefined {
		return this.records.get(`${module}/${id}`);
	}

	/** `openCalls`: CRM calls that are open, this one among them. */
	handle(request: ReceivedRequest, openCalls: number): Reply {
		const { kind, method, path, headers } = request;
		const grant = this.accounts.check(headers.authorization);
		if (grant.state === 'missing') return refuse(CALL_REFUSALS.unauthenticated);
		if (grant.state === 'invalid') return refuse(CALL_REFUSALS.deadToken);
		if (!this.allows(grant.scopes, request)) return refuse(CALL_REFUSALS.scope);
		if (openCalls > this.concurrencyLimit) return refuse(CALL_REFUSALS.tooMany);

		if (kind === 'other') return refuse(CALL_REFUSALS.url);
		if (method !== (kind === 'modules' ? 'GET' : 'POST')) return refuse(CALL_REFUSALS.method);
		if (kind === 'modules') return json(200, { modules: this.modules.map(listEntry) });

		const { module = '', id } = UNBLOCK_PATH.exec(path)?.groups ?? {};
		if (!this.modules.some((known) => known.api_name === module && known.api_supported)) {
			return refuse(CALL_REFUSALS.module, { resource_path_index: 0 });
		}
		return this.unblock(module, id !== undefined, request);
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
		if (ids.length > this.maxIds) return this.refuseSize();

		// Everything is judged before anything is changed: a record named twice passes twice.
		const refusals = ids.map((id) => this.judge(this.get(module, id), fields));
		const first = refusals.findIndex((found) => found !== undefined);
		const culprit = refusals[first];
		if (culprit !== undefined && this.style !== 'mixed') {
			return refuse(culprit, this.culpritDetails(ids[first] ?? '', first, single));
		}
		const passed = new Set(ids.filter((_, index) => refusals[index] === undefined));
		for (const id of passed) this.spendLife(this.records.get(`${module}/${id}`), fields);
		return json(culprit === undefined ? 200 : this.mixedStatus, this.dataReply(ids, refusals));
	}

	private judge(record: CrmRecord | undefined, fields: readonly Field[]): Refusal | undefined {
		if (record === undefined) return RECORD_REFUSALS.noRecord;
		const bounces = fields.map((field) => record[FIELDS[field]]);
		if (bounces.includes('hard')) return RECORD_REFUSALS.hard;
		if (!bounces.includes('soft')) return RECORD_REFUSALS.already;
		return record.timesUnblocked >= MAX_TIMES_UNBLOCKED ? RECORD_REFUSALS.worn : undefined;
	}

	private spendLife(record: CrmRecord | undefined, fields: readonly Field[]): void {
		if (record === undefined) return;
		for (const field of fields) {
			if (record[FIELDS[field]] === 'soft') record[FIELDS[field]] = 'unblocked';
		}
		record.timesUnblocked++;
	}

	private culpritDetails(id: string, index: number, single: boolean): object {
		if (this.style !== 'indexed') return {};
		switch (this.indexBy) {
			case 'id':
				return { id };
			case 'resource_path_index':
				return { resource_path_index: single ? 1 : index };
			case 'json_path':
				return single ? { resource_path_index: 1 } : { json_path: `$.ids[${index}]` };
		}
	}

	private dataReply(ids: readonly string[], refusals: ReadonlyArray<Refusal | undefined>): string {
		const { order = 'sent', drop = 0, extra = 0, idsAsNumbers = false } = this.dataQuirks;
		const dealt = ids.map((id, index) => entry(id, refusals[index]));
		if (order === 'reversed') dealt.reverse();
		const entries = (order === 'shuffled' ? shuffled(dealt) : dealt).slice(drop);
		for (let index = 0; index < extra; index++) entries.push(entry(`${STRANGER + BigInt(index)}`));
		const text = JSON.stringify({ data: entries });
		// Only text can carry an id's 19 digits as a number; JavaScript's own numbers end at 16.
		return idsAsNumbers ? text.replaceAll(/"id":"(\d+)"/g, '"id":$1') : text;
	}

	private refuseSize(): Reply {
		const message = 'The number of ids exceeds the maximum that is allowed';
		const details = { maximum_length: this.maxIds, ...place('ids') };
		switch (this.sizeRefusal) {
			case 'limitExceeded':
				return refuse(refusal('LIMIT_EXCEEDED', message, 400), details);
			case 'invalidData':
				return refuse(CALL_REFUSALS.wrongType, details);
			case 'inMessage':
				return refuse(
					refusal('LIMIT_EXCEEDED', `Only ${this.maxIds} ids are allowed in one call`, 400),
				);
			case 'unstated':
				return refuse(refusal('LIMIT_EXCEEDED', message, 400));
		}
	}

	/**
	 * The scopes of the v6 page (`ZohoCRM.modules.{module}.UPDATE` or `.ALL`), of the v8 page and
	 * file (`ZohoCRM.send_mail.{module}.CREATE`, `…all.CREATE`), and of the list of modules.
	 */
	private allows(scopes: ReadonlySet<string>, { kind, path }: ReceivedRequest): boolean {
		const any = (pattern: RegExp) => [...scopes].some((scope) => pattern.test(scope));
		if (kind === 'modules') return any(/^zohocrm\.settings(\.modules\.(read|all)|\.all)$/);
		if (kind === 'other') return any(/^zohocrm\./);
		const module = this.scopeName(UNBLOCK_PATH.exec(path)?.groups?.module ?? '');
		return path.startsWith('/crm/v8/')
			? any(new RegExp(`^zohocrm\\.send_mail\\.(all|${module})\\.create$`))
			: any(new RegExp(`^zohocrm\\.modules(\\.(all|${module})\\.(update|all)|\\.all)$`));
	}

	/** How scopes name a module: `salesorders` for `Sales_Orders`, `custom` for all custom ones. */
	private scopeName(apiName: string): string {
		const module = this.modules.find((known) => known.api_name === apiName);
		if (module === undefined) return '[a-z]+';
		return module.generated_type === 'custom'
			? 'custom'
			: apiName.toLowerCase().replaceAll('_', '');
	}
}

function refusal(code: string, message: string, httpStatus: number): Refusal {
	return { code, message, httpStatus };
}

function refuse({ code, message, httpStatus }: Refusal, details: object = {}): Reply {
	return json(httpStatus, { code, details, message, status: 'error' });
}

function entry(id: string, found?: Refusal) {
	return found === undefined
		? { code: 'SUCCESS', details: { id }, message: 'Unblocked successfully', status: 'success' }
		: { code: found.code, details: { id }, message: found.message, status: 'error' };
}

function place(name: string) {
	return { api_name: name, json_path: `$.${name}` };
}

function wrongType(name: string) {
	return { expected_data_type: 'jsonarray', ...place(name) };
}

function isAbsent(value: unknown): boolean {
	return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function isTextArray(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function isField(name: string): name is Field {
	return Object.hasOwn(FIELDS, name);
}

/** Deals the entries out again, always in the same way, so that a failing test can be repeated. */
function shuffled<T>(entries: readonly T[]): T[] {
	return entries
		.map((dealt, index) => ({ dealt, rank: (index * 7919 + 13) % 257 }))
		.sort((a, b) => a.rank - b.rank)
		.map(({ dealt }) => dealt);
}

/** A module as the v8 OpenAPI file describes an entry of the list, with all that it requires. */
function listEntry(module: CrmModule, index: number) {
	return {
		...module,
		id: `24234880000000${String(index + 2001)}`,
		module_name: module.api_name,
		singular_label: module.plural_label,
		sequence_number: index + 1,
		'common.search_supported': true,
		deletable: true,
		description: null,
		creatable: true,
		recycle_bin_on_delete: true,
		inventory_template_supported: false,
		modified_time: null,
		presence_sub_menu: true,
		triggers_supported: true,
		chart_view: false,
		isBlueprintSupported: true,
		visibility: 1,
		visible: true,
		convertable: false,
		editable: true,
		emailTemplate_support: true,
		email_parser_supported: false,
		filter_supported: true,
		show_as_tab: true,
		web_link: null,
		viewable: true,
		quick_create: false,
		feeds_required: false,
		scoring_supported: true,
		webform_supported: false,
		arguments: [],
		chart_view_supported: true,
		profile_count: 1,
		business_card_field_limit: 5,
		track_current_data: false,
		modified_by: null,
		profiles: [],
		parent_module: null,
		activity_badge: 'Disabled',
		$field_states: [],
		business_card_fields: [],
		per_page: null,
		$properties: [],
		$on_demand_properties: [],
		search_layout_fields: [],
		kanban_view_supported: false,
		lookup_field_properties: { fields: [] },
		kanban_view: false,
		related_lists: [],
		filter_status: false,
		related_list_properties: { sort_by: null, fields: [], sort_order: null },
		display_field: null,
		layouts: [],
		fields: [],
		custom_view: null,
		zia_view: null,
		default_mapping_fields: [],
		layout_associations: [],
	};
}
