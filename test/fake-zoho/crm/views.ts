import { json, type Reply } from '../reply';
import type { CrmModule } from './modules';
import { addressesOf, type CrmRecord } from './records';
import { CALL_REFUSALS, PAGE_REFUSALS, refuse } from './refusals';
import type { CrmSettings } from './settings';

/** A custom view: a filter with a name, over the records of a module as they stand now. */
export interface CustomView {
	id: string;
	name: string;
	module: string;
	systemDefined: boolean;
	holds: (record: Readonly<CrmRecord>, id: string) => boolean;
}

/** What a person filters by in Zoho CRM: an address of the record is temporarily bounced. */
export const TEMPORARILY_BOUNCED: CustomView['holds'] = ({ email, secondary }) =>
	email === 'soft' || secondary === 'soft';

/** The place in a list where the next page begins, and what it may be asked with. */
interface PageToken {
	offset: number;
	boundTo: string;
	expiresAt: number;
}

/** By the page: no more records may be asked for. */
const PER_PAGE = 200;
const VIEWS_PER_PAGE = 200;
const MOST_FIELDS = 50;

/**
 * Zoho CRM's lists of records, page by page, and its list of custom views; by the pages "Get Records"
 * (v3, v5) and "Get Custom Views", and the newest specification (zoho/crm-oas 2026). Decided here:
 * - A page and a page token stand for a place in the list as it is at that moment: where records
 *   leave a view meanwhile, those behind them move up, and a reader passes over them.
 * - Records are listed in the order in which they were added.
 * - There is a token for the next page as soon as there is a next page.
 * - A field that the module does not have is left out of its records.
 */
export class CustomViews {
	private readonly views: CustomView[] = [];
	private readonly tokens = new Map<string, PageToken>();

	constructor(
		private readonly settings: CrmSettings,
		private readonly now: () => number,
		private readonly recordsOf: (module: string) => Iterable<[string, CrmRecord]>,
	) {}

	add(view: Partial<CustomView> & Pick<CustomView, 'module'>): string {
		const id = view.id ?? String(2423488000000087501n + BigInt(this.views.length));
		const name = 'Temporarily Bounced';
		this.views.push({ id, name, systemDefined: false, holds: TEMPORARILY_BOUNCED, ...view });
		return id;
	}

	/** `GET /settings/custom_views?module=…` */
	list(query: URLSearchParams, modules: readonly CrmModule[]): Reply {
		const module = query.get('module') ?? '';
		if (module === '') return refuse(PAGE_REFUSALS.missing, { param_name: 'module' });
		if (!modules.some(({ api_name }) => api_name === module)) {
			return refuse(CALL_REFUSALS.module, { param_name: 'module' });
		}
		const page = Number(query.get('page') ?? 1);
		const perPage = Number(query.get('per_page') ?? VIEWS_PER_PAGE);
		const all = this.views.filter((view) => view.module === module);
		const some = all.slice((page - 1) * perPage, page * perPage);
		if (some.length === 0) return { status: 204, headers: {}, body: '' };
		const info = { page, per_page: perPage, count: some.length };
		return json(200, {
			custom_views: some.map(listEntry),
			info: { ...info, more_records: all.length > page * perPage, default: null },
		});
	}

	/** `GET /{module}?fields=…` */
	read(module: string, query: URLSearchParams): Reply {
		const fields = (query.get('fields') ?? '').split(',').filter(Boolean);
		const asked = Number(query.get('per_page') ?? PER_PAGE);
		const wrong = wrongIn(query, fields.length, asked);
		if (wrong) return wrong;
		const perPage = Math.min(asked, this.settings.listLimits.perPage);
		const boundTo = [module, query.get('cvid'), fields, perPage].join('\n');
		const offset = this.offsetOf(query, boundTo, perPage);
		if (typeof offset !== 'number') return offset;
		return this.page({ module, query, fields, offset, perPage, boundTo });
	}

	/** The same in v2: all fields, and no end of pages by their numbers. */
	readInV2(module: string, query: URLSearchParams): Reply {
		const perPage = Number(query.get('per_page') ?? PER_PAGE);
		const offset = (Number(query.get('page') ?? 1) - 1) * perPage;
		const fields = [...this.settings.fieldsOf(module)];
		return this.page({ module, query, fields, offset, perPage, boundTo: 'v2' });
	}

	private page(asked: {
		module: string;
		query: URLSearchParams;
		fields: string[];
		offset: number;
		perPage: number;
		boundTo: string;
	}): Reply {
		const { module, query, fields, offset, perPage, boundTo } = asked;
		const cvid = query.get('cvid');
		const view = this.views.find(({ id, module: of }) => id === cvid && of === module);
		if (cvid !== null && !view) return refuse(PAGE_REFUSALS.cvid, { param_name: 'cvid' });
		const isHeld = ([id, record]: [string, CrmRecord]) => view?.holds(record, id) ?? true;
		const all = [...this.recordsOf(module)].filter(isHeld);
		const some = all.slice(offset, offset + perPage);
		if (some.length === 0) return { status: 204, headers: {}, body: '' };
		const next = offset + perPage;
		const isMore = all.length > next;
		const ofModule = this.settings.fieldsOf(module);
		return json(200, {
			data: some.map(([id, record]) => entryOf(id, record, fields, ofModule)),
			info: {
				per_page: perPage,
				count: some.length,
				page: offset / perPage + 1,
				sort_by: 'id',
				sort_order: 'desc',
				more_records: isMore,
				...this.tokenFor(isMore ? next : undefined, boundTo),
				previous_page_token: null,
			},
		});
	}

	private offsetOf(query: URLSearchParams, boundTo: string, perPage: number): number | Reply {
		const given = query.get('page_token');
		const { pages, records } = this.settings.listLimits;
		if (given === null) {
			const offset = (Number(query.get('page') ?? 1) - 1) * perPage;
			const limit = pages * perPage;
			return offset < limit ? offset : refuse(PAGE_REFUSALS.pages, { limit });
		}
		const token = this.tokens.get(given);
		if (token?.boundTo !== boundTo)
			return refuse(PAGE_REFUSALS.token, { param_name: 'page_token' });
		if (token.expiresAt <= this.now())
			return refuse(PAGE_REFUSALS.expired, { api_name: 'page_token' });
		if (token.offset < records) return token.offset;
		return refuse(PAGE_REFUSALS.records, { param_name: 'page_token' });
	}

	private tokenFor(offset: number | undefined, boundTo: string) {
		if (offset === undefined) return { next_page_token: null, page_token_expiry: null };
		const expiresAt = this.now() + this.settings.listLimits.tokenMs;
		const token = `page-token-${this.tokens.size + 1}`;
		this.tokens.set(token, { offset, boundTo, expiresAt });
		return { next_page_token: token, page_token_expiry: new Date(expiresAt).toISOString() };
	}
}

function wrongIn(query: URLSearchParams, fields: number, perPage: number): Reply | undefined {
	if (fields === 0) return refuse(PAGE_REFUSALS.missing, { param_name: 'fields' });
	if (fields > MOST_FIELDS) {
		return refuse(PAGE_REFUSALS.limit, { limit: MOST_FIELDS, param_name: 'fields' });
	}
	if (!(perPage >= 1 && perPage <= PER_PAGE)) {
		return refuse(PAGE_REFUSALS.limit, { limit: PER_PAGE, param_name: 'per_page' });
	}
	for (const [one, other] of [
		['cvid', 'sort_by'],
		['page', 'page_token'],
	] as const) {
		if (query.has(one) && query.has(other)) return refuseBoth(one, other);
	}
	return undefined;
}

function refuseBoth(one: string, other: string): Reply {
	const refusal = { ...PAGE_REFUSALS.both, message: `You cannot use both ${one} and ${other}` };
	return refuse(refusal, { ambiguity_due_to: [{ param_name: one }, { param_name: other }] });
}

function entryOf(id: string, record: CrmRecord, fields: string[], ofModule: readonly string[]) {
	const addresses: Record<string, string | null> = addressesOf(id, record);
	const asked = fields.filter((field) => ofModule.includes(field));
	return { ...Object.fromEntries(asked.map((field) => [field, addresses[field] ?? null])), id };
}

/** A custom view as the page "Get Custom Views" shows an entry of the list. */
function listEntry({ id, name, systemDefined }: CustomView) {
	return {
		id,
		name,
		display_value: name,
		system_name: systemDefined ? name.toUpperCase().replaceAll(' ', '') : null,
		system_defined: systemDefined,
		category: systemDefined ? 'public_views' : 'created_by_me',
		default: false,
		favorite: null,
		last_accessed_time: null,
		created_time: null,
		modified_time: null,
		created_by: null,
		modified_by: null,
		locked: false,
	};
}
