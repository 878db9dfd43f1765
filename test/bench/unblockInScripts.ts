/** Ways to unblock a list of records without n8n. */
import { tmpdir } from 'node:os';
import type { Access } from './access';
import { loadPeer, type Undici, type ZohoSdk } from './peers';
import { batchesOf, readEntries, together, type Prepare, type Told } from './unblockContestants';

/** The default of the node that the floor is for. */
const PARALLEL = 5;

/** The node's calls again, in their order, by a bare HTTP client: the first alone, then five at once. */
export const floor: Prepare = async ({ access, peers, calls }) => {
	const { request } = loadPeer<Undici>(peers, 'undici');
	const headers = {
		authorization: `Bearer ${access.oauthTokenData.access_token}`,
		'content-type': 'application/json',
	};
	const send = async (ids: string[]): Promise<Told> => {
		const { body } = await request(`${access.url}/crm/v8/Leads/actions/unblock_email`, {
			method: 'POST',
			headers,
			body: JSON.stringify({ unblock_fields: ['Email'], ids }),
		});
		const { data } = (await body.json()) as { data?: unknown };
		const isCulprit = data === undefined && ids.length === 1;
		return isCulprit ? { done: [], failed: ids } : readEntries(data);
	};
	return async () => {
		const [first = [], ...waiting] = calls;
		const told = [await send(first)];
		waiting.reverse();
		const sendOneByOne = async () => {
			for (let ids = waiting.pop(); ids !== undefined; ids = waiting.pop()) {
				told.push(await send(ids));
			}
		};
		await Promise.all(Array.from({ length: PARALLEL }, sendOneByOne));
		return together(told);
	};
};

/** Zoho's own SDK in a plain script: 500 records a call, one call after the other. */
export const sdk: Prepare = async ({ access, peers, ids }) => {
	const zoho = loadPeer<ZohoSdk>(peers, '@zohocrm/typescript-sdk-8.0');
	await initialize(zoho, access);
	const { ActionWrapper, BodyWrapper, UnblockEmailOperations } = zoho.UnblockEmail;
	const operations = new UnblockEmailOperations('Leads');
	return async () => {
		const told: Told[] = [];
		for (const batch of batchesOf(ids)) {
			const body = new BodyWrapper();
			body.setUnblockFields(['Email']);
			body.setIds(batch);
			const reply = (await operations.unblockEmails(body)).getObject();
			if (!(reply instanceof ActionWrapper)) {
				told.push({ done: [], failed: batch });
				continue;
			}
			const outcome: Told = { done: [], failed: [] };
			for (const entry of reply.getData()) {
				// The class tells nothing: the SDK makes a SuccessResponse of every entry, errors too.
				const isDone = entry.getStatus() === 'success';
				const list = isDone ? outcome.done : outcome.failed;
				list.push(String(entry.getDetails().get('id')));
			}
			told.push(outcome);
		}
		return together(told);
	};
};

/** As the SDK's own page says, with the tokens kept in memory. */
async function initialize(zoho: ZohoSdk, access: Access): Promise<void> {
	const { url, clientId, clientSecret, oauthTokenData } = access;
	const token = new zoho.OAuthBuilder()
		.clientId(clientId)
		.clientSecret(clientSecret)
		.refreshToken(oauthTokenData.refresh_token)
		.accessToken(oauthTokenData.access_token)
		.findUser(false)
		.build();
	const builder = await new zoho.InitializeBuilder();
	await builder
		.environment(zoho.DataCenter.setEnvironment(url, `${url}/oauth/v2/token`, url))
		.token(token)
		.store({
			findToken: async (asked) => asked,
			findTokenById: async () => null,
			saveToken: async () => {},
			deleteToken: async () => {},
			getTokens: async () => [],
			deleteTokens: async () => {},
		})
		.logger(new zoho.LogBuilder().level(zoho.Levels.OFF).build())
		.resourcePath(tmpdir())
		.initialize();
}
