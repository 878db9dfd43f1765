import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { coreLogger } from './core';

/** Where what n8n and the nodes log goes: to the run that it belongs to, from level debug on. */
export const logsOfThisRun = new AsyncLocalStorage<string[]>();

const logger = coreLogger();
for (const level of ['debug', 'info', 'warn', 'error'] as const) {
	logger[level] = (message: string, metadata?: object) => {
		const details = metadata ? ` ${inspect(metadata, { breakLength: Infinity })}` : '';
		logsOfThisRun.getStore()?.push(`${level}: ${message}${details}`);
	};
}
