import type { Fault } from '../fake-zoho';
import { failure, recordIds } from '../support/stage';
import { CONTACTS, error, many, reasons, useErrors } from './errorStage';

const { stage, calls, runWith } = useErrors();

describe('an error of the call', () => {
	it.each<[string, number, string, string, RegExp]>([
		[
			'NOT_ALLOWED',
			400,
			'unknown field provided',
			'unknownField',
			/Choose "Email", "Secondary Email" or both/,
		],
		[
			'NOT_ALLOWED',
			400,
			'EMAIL, SECONDARY_EMAIL field not available for module',
			'fieldNotAvailable',
			/Take it out of "Fields to Unblock"/,
		],
		[
			'MANDATORY_NOT_FOUND',
			400,
			'required field not found',
			'missingField',
			/Choose at least one field/,
		],
		[
			'INVALID_REQUEST_METHOD',
			400,
			'The http request method type is not a valid one',
			'invalidRequest',
			/Check the API version/,
		],
		[
			'INVALID_MODULE',
			400,
			'The module name given seems to be invalid',
			'invalidModule',
			/Pick it from the list, or enter its API name/,
		],
		[
			'INVALID_URL_PATTERN',
			404,
			'Please check if the URL trying to access is a correct one',
			'invalidRequest',
			/the URL in the credential/,
		],
		['HTTP_403', 403, '', 'noPermission', /connect with another user/],
		['HTTP_404', 404, '', 'invalidRequest', /Check the API version/],
		['HTTP_405', 405, '', 'invalidRequest', /Check the API version/],
	])(
		'%s (%i) "%s" costs no further call of its group: %s',
		async (code, httpStatus, message, reason, advice) => {
			const fault = message ? error(httpStatus, code, message) : { emptyBody: httpStatus };
			const run = await runWith(fault, { maxRetries: 3 });

			expect(reasons(run.errors)).toEqual(many(reason, 6));
			for (const item of run.errors) {
				expect(failure(item)).toMatchObject({ code, httpStatus, retryable: false });
				expect(failure(item).resolution).toMatch(advice);
			}
			expect(calls('Leads')).toHaveLength(1);
			expect(run.main.map(({ json }) => json.id)).toEqual(CONTACTS);
			expect(calls('Contacts')).toHaveLength(2);
		},
	);

	it.each<[string, Fault, string, number | null, string, RegExp]>([
		[
			'Internal Server Error',
			error(500, 'INTERNAL_ERROR', 'Internal Server Error'),
			'INTERNAL_ERROR',
			500,
			'serverError',
			/Run these items again later/,
		],
		[
			'another name for it',
			error(500, 'INTERNAL_SERVER_ERROR', 'Internal Server Error'),
			'INTERNAL_SERVER_ERROR',
			500,
			'serverError',
			/status\.zoho\.com/,
		],
		['an empty 503', { emptyBody: 503 }, 'HTTP_503', 503, 'serverError', /again later/],
		["a gateway's page", { html: 502 }, 'HTTP_502', 502, 'serverError', /again later/],
		['HTML', { html: 200 }, 'BAD_RESPONSE', 200, 'badResponse', /a proxy on the way/],
		['nothing', { emptyBody: 200 }, 'BAD_RESPONSE', 200, 'badResponse', /repeating is safe/],
		['no content', { emptyBody: 204 }, 'BAD_RESPONSE', 204, 'badResponse', /repeating is safe/],
		[
			'a redirect',
			{ redirect: 'https://elsewhere.invalid/' },
			'BAD_RESPONSE',
			302,
			'badResponse',
			/a proxy on the way/,
		],
		['JSON cut off', { cutJson: true, when: 'before' }, 'BAD_RESPONSE', 200, 'badResponse', /safe/],
		['a reset', { reset: true }, 'ECONNRESET', null, 'networkError', /DNS, proxy, firewall/],
	])(
		'that may pass (%s) ends its own call, after the retries, and no other',
		async (_, fault, code, httpStatus, reason, advice) => {
			const run = await runWith(fault, { maxRetries: 1, retryDelay: 0 });

			expect(reasons(run.errors)).toEqual(many(reason, 6));
			for (const item of run.errors) {
				expect(failure(item)).toMatchObject({ code, httpStatus, retryable: true });
				expect(failure(item).resolution).toMatch(advice);
			}
			expect(calls('Leads')).toHaveLength(3 * 2);
			expect(run.main.map(({ json }) => json.id)).toEqual(CONTACTS);
		},
	);
});

describe('an error of a record', () => {
	it.each([
		['does not exist', undefined, 'INVALID_DATA', 'recordNotFound', /deleted or merged/],
		[
			'is blocked permanently',
			{ email: 'hard' },
			'NOT_ALLOWED',
			'permanentlyBlocked',
			/hard bounce/,
		],
		[
			'was unblocked five times',
			{ timesUnblocked: 5 },
			'NOT_ALLOWED',
			'unblockLimitReached',
			/five times in its life/,
		],
		[
			'is not blocked',
			{ email: 'unblocked' },
			'NOT_ALLOWED',
			'alreadyUnblocked',
			/Set the option "Already Unblocked"/,
		],
	] as const)(
		'that %s is of that record alone, in every style of reply',
		async (_, record, code, reason, advice) => {
			for (const style of ['allOrNothing', 'indexed', 'mixed'] as const) {
				stage.zoho.reset();
				stage.connect();
				stage.zoho.crm.style = style;
				const ids = recordIds(9);
				const [bad = ''] = ids.splice(4, 1);
				stage.zoho.crm.add('Leads', ids);
				if (record) stage.zoho.crm.add('Leads', bad, record);

				const run = await stage.run(
					'zohoCrmUnblockEmail',
					recordIds(9).map((id) => ({ id })),
					{ options: { alreadyUnblocked: 'error' } },
				);

				expect(run.main.map(({ json }) => json.id)).toEqual(ids);
				expect(run.errors).toHaveLength(1);
				expect(failure(run.errors[0])).toMatchObject({
					id: bad,
					module: 'Leads',
					code,
					reason,
					retryable: false,
				});
				expect(failure(run.errors[0]).resolution).toMatch(advice);
			}
		},
	);
});
