import { json, type Reply } from './reply';

/**
 * The words of the filter that stands before every API of Zoho's. `…_ROLLING_…`, `…_FIXED_…`
 * (locked until the window ends) and the one without either (sliding): too many calls in a window.
 * `…_LIVE_…`: too many at once, no lock. `HIP_REQUIRED`: a person must solve a captcha.
 */
export const THROTTLE_WORDS = [
	'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
	'URL_FIXED_THROTTLES_LIMIT_EXCEEDED',
	'URL_THROTTLES_LIMIT_EXCEEDED',
	'URL_LIVE_THROTTLES_LIMIT_EXCEEDED',
	'HIP_REQUIRED',
] as const;
export type ThrottleWord = (typeof THROTTLE_WORDS)[number];

/**
 * Where the filter's word stands, and the HTTP status of the reply; all seen in the wild.
 * `throttle`: in `error.title` (Zoho Projects). `internalError`: in `message`, beside a code that
 * says something else (Zoho Recruit, 2026). `cause`: in `cause`, in lower case and without its kind
 * (Zoho Accounts' own pages).
 */
export type ThrottleShape =
	| 'throttle400'
	| 'throttle200'
	| 'internalError400'
	| 'internalError200'
	| 'internalError429'
	| 'cause400'
	| 'cause200';

/**
 * Where the filter's other word for a missing scope, INVALID_OAUTHSCOPE, stands, and the HTTP status:
 * widespread over Zoho's services, as facts of December 2026 have it.
 */
export type ScopeShape = 'code401' | 'code403' | 'data401' | 'details403';

/** The filter's reply where a scope was not granted. */
export function scopeReply(shape: ScopeShape): Reply {
	const status = Number(shape.slice(-3));
	const word = 'INVALID_OAUTHSCOPE';
	switch (shape) {
		case 'code401':
		case 'code403':
			return json(status, { code: word, message: 'The scope is not valid.', details: [] });
		case 'data401':
			return json(status, { status: { code: status }, data: { errorCode: word } });
		case 'details403':
			return json(status, { code: 'FORBIDDEN', message: 'No.', details: [{ code: word }] });
	}
}

/** The filter's reply; `text` is what it says to people. Fit for a fault, too. */
export function throttleReply(shape: ThrottleShape, word: ThrottleWord, text: string): Reply {
	const status = Number(shape.slice(-3));
	switch (shape) {
		case 'throttle400':
		case 'throttle200':
			return json(status, { error: { status_code: 400, title: word, details: { message: text } } });
		case 'internalError400':
		case 'internalError200':
		case 'internalError429':
			return json(status, { code: 'INTERNAL_ERROR', message: word });
		case 'cause400':
		case 'cause200':
			return json(status, { status_code: 400, cause: withoutKind(word), localized_message: text });
	}
}

/** `throttles_limit_exceeded` for all four limits, `hip_required` for the captcha. */
function withoutKind(word: ThrottleWord): string {
	return word.toLowerCase().replace(/^url_(?:rolling_|fixed_|live_)?/, '');
}
