// @module-tag long
import { describePostgres } from '../support/stores.ts';
import { testKills } from './kill.ts';

describePostgres('a server killed while versions are published', testKills);
