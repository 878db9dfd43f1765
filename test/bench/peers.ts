/**
 * What the benchmarks measure beside, from the real packages: n8n's own HTTP Request node and Zoho
 * credential type, Zoho's own SDK, and a bare HTTP client. They are in an install of the bench's own.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { installPinned } from '../install';

/**
 * Installs the peers, or finds them installed. About 1 GB.
 *
 * @returns the folder of the install
 */
export async function installPeers(): Promise<string> {
	return await installPinned({
		name: 'peers',
		recipe: path.join(__dirname, 'peers'),
		begins: () =>
			console.error(
				'Installing what is measured beside; this takes a minute, the first time only …',
			),
	});
}

/** Loads a module of the install in this folder. */
export function loadPeer<T>(folder: string, name: string): T {
	return createRequire(path.join(folder, 'package.json'))(name) as T;
}

/** The part of undici that is used here. */
export interface Undici {
	request(
		url: string,
		options: { method: 'POST'; headers: Record<string, string>; body: string },
	): Promise<{ body: { json(): Promise<unknown> } }>;
}

/** The part of Zoho's SDK that is used here. */
export interface ZohoSdk {
	UnblockEmail: {
		BodyWrapper: new () => {
			setUnblockFields(fields: string[]): void;
			setIds(ids: string[]): void;
		};
		UnblockEmailOperations: new (module: string) => {
			unblockEmails(body: object): Promise<{ getObject(): object }>;
		};
		ActionWrapper: new () => {
			getData(): Array<{ getStatus(): string; getDetails(): Map<string, unknown> }>;
		};
	};
	DataCenter: { setEnvironment(url: string, tokenUrl: string, fileUrl: string): object };
	Levels: { OFF: string };
	LogBuilder: new () => { level(level: string): { build(): object } };
	OAuthBuilder: new () => OAuthBuilder;
	InitializeBuilder: new () => PromiseLike<InitializeBuilder> | InitializeBuilder;
}

interface OAuthBuilder {
	clientId(id: string): this;
	clientSecret(secret: string): this;
	refreshToken(token: string): this;
	accessToken(token: string): this;
	/** Whether the token's user is asked for, which takes a scope of its own. */
	findUser(find: boolean): this;
	build(): object;
}

interface InitializeBuilder {
	environment(environment: object): this;
	token(token: object): this;
	store(store: TokenStore): this;
	logger(logger: object): this;
	resourcePath(folder: string): this;
	initialize(): Promise<void>;
}

interface TokenStore {
	findToken(asked: object): Promise<object | null>;
	findTokenById(id: string): Promise<object | null>;
	saveToken(token: object): Promise<void>;
	deleteToken(id: string): Promise<void>;
	getTokens(): Promise<object[]>;
	deleteTokens(): Promise<void>;
}
