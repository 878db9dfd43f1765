/**
 * One call to Zoho by the n8n that the tests run in, or by the newest one, which does what an older one
 * does where the two differ: so the ways that only older versions lead to can be walked within seconds.
 * What these versions truly do is held by the tests of behaviour, which run in their engines.
 */
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import { connect } from '../../nodes/n8n/transport';
import { isFailure } from '../../nodes/zoho/failures';
import type { Answer, Request } from '../../nodes/zoho/reply';
import { createEngine } from '../engine';
import { CREDENTIAL_TYPE, startFakeZoho } from '../fake-zoho';
import { stageOf, type Stage } from '../support/stage';

/** In what n8n versions differ, as far as a call can tell. */
interface Ways {
	/** Whether an error that n8n throws has the client's as its cause, and Zoho's reply in that. */
	keepsCause: boolean;
	/** Whether a node can ask for a new token. */
	renewsByHand: boolean;
}

/** By n8n versions that do so. */
export const WAYS = {
	'1.100': { keepsCause: true, renewsByHand: false },
	'1.110': { keepsCause: false, renewsByHand: false },
	'1.122': { keepsCause: false, renewsByHand: true },
	'2.41': { keepsCause: true, renewsByHand: true },
} satisfies Record<string, Ways>;

export type Version = keyof typeof WAYS;

/** The n8n that the tests run in, as it is. */
export const THIS = 'this version';

/** Makes the context of a node one of a version. */
function makeOlder({ helpers }: IExecuteFunctions, version: Version): void {
	const { keepsCause, renewsByHand } = WAYS[version];
	const send = helpers.httpRequestWithAuthentication;
	helpers.httpRequestWithAuthentication = async function (type, options, ...rest) {
		return await send.call(this, type, options, ...rest).catch(async (error: Error) => {
			if (!keepsCause) error.cause = undefined;
			return await Promise.reject(error);
		});
	};
	if (!renewsByHand) Reflect.deleteProperty(helpers, 'refreshOAuth2Token');
}

export const REQUEST: Request = {
	method: 'GET',
	path: '/crm/v8/settings/modules',
	timeout: 5_000,
	scope: 'ZohoCRM.settings.modules.READ',
};

/** A call for the list of modules is refused like that. */
export const refusal = (status: number, code: string) => ({
	kind: 'modules' as const,
	status,
	body: JSON.stringify({ code, message: 'no', details: {} }),
});

interface OlderN8n extends Stage {
	/** How often the call went out, and how often the token was renewed. */
	sent(): number;
	renewals(): number;
	/** Makes the call, of which nobody waits for the answer once `isGivenUp` says so. */
	call(version: Version | typeof THIS, isGivenUp?: () => boolean): Promise<Answer>;
}

/** A Zoho for all tests of a file, reset for each, and the call, whose token has expired. */
export function useOlderN8n(): OlderN8n {
	const stage = {
		sent: () => stage.zoho.calls('modules').length,
		renewals: () => stage.zoho.calls('token').length,
	} as OlderN8n;
	let make: (context: IExecuteFunctions) => Promise<void>;
	const caller: INodeType = {
		description: {
			name: 'caller',
			displayName: 'Caller',
			version: 1,
			group: [],
			description: 'Makes one call',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
			credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		},
		async execute() {
			await make(this);
			return [[]];
		},
	};
	const call: OlderN8n['call'] = async (version, isGivenUp) => {
		let answer: Answer | undefined;
		make = async (context) => {
			if (version !== THIS) makeOlder(context, version);
			const connection = await connect(context, 'crm');
			answer = isFailure(connection)
				? { reply: connection, requests: 0 }
				: await connection.call(REQUEST, isGivenUp);
		};
		const credentials = { [CREDENTIAL_TYPE]: { id: 'demo', name: 'Zoho' } };
		const { error } = await stage.engine.run({
			items: [{}],
			node: { type: 'test.caller', credentials },
		});
		if (!answer) throw error ?? new Error('no call was made');
		return answer;
	};
	beforeAll(async () => {
		const engine = await createEngine({ extraNodes: { 'test.caller': caller } });
		Object.assign(stage, stageOf(engine, await startFakeZoho()), { call });
	});
	afterAll(async () => await stage.stop());
	beforeEach(() => {
		stage.zoho.reset();
		stage.connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ expired: true }) } });
	});
	return stage;
}
