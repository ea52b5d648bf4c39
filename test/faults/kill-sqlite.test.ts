// @module-tag long
import { describeSqlite } from '../support/stores.ts';
import { testKills } from './kill.ts';

describeSqlite('a server killed while versions are published', testKills);
