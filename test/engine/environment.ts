import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The folder in which n8n writes its settings: one for each process (under jest: for each test
 * file), because two that share it refuse each other's encryption key.
 *
 * n8n reads its environment while it is being imported, so this module comes before `n8n-core`.
 */
export const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-engine-'));

Object.assign(process.env, {
	N8N_USER_FOLDER: userFolder,
	N8N_ENCRYPTION_KEY: 'only-for-tests',
	N8N_LOG_LEVEL: 'silent',
	N8N_DIAGNOSTICS_ENABLED: 'false',
});
