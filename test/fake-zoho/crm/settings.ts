import type { ScopeShape, ThrottleShape, ThrottleWord } from '../throttleFilter';
import { modulesOfNewAccount, OTHER_MODULES, type CrmModule } from './modules';
import { FIELD_NAMES, type RecordReason } from './records';
import type { ScopeFamily } from './scopes';

/** How the CRM answers; tests set what they are about. */
export class CrmSettings {
	/**
	 * How a call is answered that holds bad records.
	 *
	 * - `mixed`: `data[]` with an entry for each record; the good ones are done. Seen in the wild
	 *   (v6, 500 Contacts a call), and so specified for the sister action mass_update. A single
	 *   record's URL has one error and no `data[]`, as in the OpenAPI file.
	 * - `onlyBad`: HTTP 400 with `data[]` that holds the bad records alone; nothing is done.
	 * - `allOrNothing`: the error of the first bad record for the whole call, without saying which;
	 *   nothing is done. All that the OpenAPI file for unblock_email knows.
	 * - `indexed`: the same, with details by `indexBy`.
	 */
	style: 'mixed' | 'onlyBad' | 'allOrNothing' | 'indexed' = 'mixed';
	/**
	 * The details of an `indexed` refusal: `$.ids[3]`, the id, or `resource_path_index`, which counts
	 * the segments of the URL's path and so names no record of a bulk call. On a single record's URL
	 * `json_path` gives the record's segment too, which is 1.
	 */
	indexBy: 'json_path' | 'resource_path_index' | 'id' = 'json_path';
	/** How a missing scope is refused: in the words of the page, or by the filter before every API. */
	scopeRefusal: 'page' | ScopeShape = 'page';
	/** The `resource_path_index` of a bulk call's refusal. */
	pathIndex = 1;
	/** The `json_path` of a record, by its index in the sent ids. */
	jsonPath = (index: number): string => `$.ids[${index}]`;
	/** HTTP status of a `mixed` reply that holds good and bad records; 207 as mass_update's. */
	mixedStatus: 200 | 202 | 207 = 207;
	/** HTTP status of a `mixed` reply that holds bad records only; 400 as seen in the wild. */
	allBadStatus: 200 | 202 | 207 | 400 = 400;
	/** What says in a bad record's entry of `data[]` which one it is; no id, as seen in the wild. */
	entriesBy: 'json_path' | 'id' = 'json_path';
	/**
	 * In the `mixed` style: reasons for which one bad record makes the call refused as a whole, with
	 * nothing done, while other reasons are told in `data[]`.
	 */
	wholeCallFor: ReadonlySet<RecordReason | 'planned'> = new Set();
	/**
	 * The details of such a refusal, as the newest specification (zoho/crm-oas 2026) has them: a
	 * segment of the URL, nothing, or the place in the body.
	 */
	wholeCallDetails: 'resource_path_index' | 'none' | 'json_path' = 'resource_path_index';
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
	/** The v6 and v8 pages', or the newest specification's. */
	successMessage: 'Unblocked successfully' | 'Email unblocked successfully' =
		'Unblocked successfully';
	/**
	 * Where one unblocked record is told without `data[]`: on the single record's URL, as the newest
	 * specification has it, or for every call that names one record.
	 */
	flatSuccess: 'never' | 'singleUrl' | 'oneRecord' = 'never';
	/** Ids that one call takes: 500 by the pages; 5 in Zoho's SDKs, 100 in the newest specification. */
	maxIds = 500;
	/** Where a call with more says the number: in `details` under either code, in words, nowhere. */
	sizeRefusal: 'limitExceeded' | 'invalidData' | 'inMessage' | 'unstated' = 'limitExceeded';
	/** Calls that may be open at one time; one more is refused. */
	concurrencyLimit = Infinity;
	/** How it is refused: by the CRM's own code, or by the throttle filter. */
	tooManyStyle: 'tooManyRequests' | ThrottleShape = 'tooManyRequests';
	/** The filter's word for it. */
	throttleWord: ThrottleWord = 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED';
	/** HTTP status of INVALID_TOKEN: 401 by the pages, 400 by the newest specification. */
	deadTokenStatus: 401 | 400 = 401;
	/** The scope that unblock_email wants; by the page of the call's version unless set. */
	scopeFamily: ScopeFamily | undefined;
	/** Credits left: each call costs one, and `X-API-CREDITS-REMAINING` tells the rest. Off unless set. */
	creditsRemaining: number | undefined;
	/**
	 * How far a list of records is handed out: so many records a page, so many pages by their numbers,
	 * so many records by page tokens, and how long a token lives, in ms.
	 */
	listLimits = { perPage: 200, pages: 10, records: 100_000, tokenMs: 86_400_000 };
	/** The account's modules, as the list has them; push to add one. */
	modules: CrmModule[] = modulesOfNewAccount();
	/** The e-mail fields that a module has. */
	fieldsOf: (module: string) => readonly string[] = (module) =>
		OTHER_MODULES.some(({ api_name }) => api_name === module) ? [] : FIELD_NAMES;
}
