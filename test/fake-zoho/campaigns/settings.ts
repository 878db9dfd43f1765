import type { ScopeShape, ThrottleShape, ThrottleWord } from '../throttleFilter';
import type { ContactInfoForm } from './contactInfo';

/** How Campaigns answers; tests set what they are about. */
export class CampaignsSettings {
	/**
	 * The answer while locked: the throttle filter's, in one of its shapes; the bare status (`429`);
	 * or that code in the error's usual shape (`2008`).
	 */
	lockStyle: ThrottleShape | '429' | '2008' = 'throttle400';
	/** The throttle filter's word for the lock. */
	throttleWord: ThrottleWord = 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED';
	/**
	 * Calls that may be open at one time. One more is refused as `lockStyle` says, with the filter's
	 * word for it, without a lock, and not counted.
	 */
	concurrencyLimit = Infinity;
	/** True: `Retry-After` in whole seconds, rounded up. `date`: the same as an HTTP date. */
	retryAfter: boolean | 'date' = false;
	/**
	 * True: `X-Rate-Limit`, as some of Zoho's services send it: how the window stands after the call,
	 * a JSON array of `duration`, `remaining-count` and `retry-after`, in whole seconds.
	 */
	rateLimitHeader = false;
	/** True: everything in JSON stands under `response`, as some of Zoho's endpoints have it. */
	nested = false;
	/** HTTP status of the errors other than 1007, which is always a 401. */
	errorStatus: 200 | 400 = 200;
	/** Whether "User already in Do-Not-Mail." looks like a success (`code`) or an error (`Code`). */
	alreadyAs: 'success' | 'error' | '2006' = 'success';
	/** The code of a success in JSON: "0" on the page, "200" and none met by a live client of 2026. */
	successCode: '0' | '200' | undefined = '0';
	/** How lists of campaigns and of recipients are handed out. */
	lists = {
		/** Rows at a time, where `range` does not say how many or is ignored. */
		rows: 20,
		/** Rows at a time, whatever `range` says. */
		mostRows: Infinity,
		/** Parameters that are ignored. */
		ignored: new Set<'range' | 'fromindex' | 'sort' | 'status'>(),
		/** What stands behind the last row: a refusal, or a list without rows. */
		endAs: 'refusal' as 'refusal' | 'emptyList',
		/** What the address of a recipient is called; the second one is read by one live program. */
		addressAs: 'contactemailaddress' as 'contactemailaddress' | 'contact_email',
		/** Whether `requestdetails` is text, such as `{range=5, status=All, fromindex=1}`. */
		requestAsText: false,
	};

	/** How a missing scope is refused: as a dead token is, or by the filter before every API. */
	scopeRefusal: '1007' | ScopeShape = '1007';

	/**
	 * The forms of a JSON contactinfo that are read. The page has the unquoted one, a live program
	 * posts it; the quoted one is proven for the sister call listsubscribe only.
	 */
	contactInfoForm: ContactInfoForm | 'both' = 'both';
	/** What a contactinfo in the other form is refused with. */
	otherFormCode: '903' | '2001' | '2004' = '903';
}
