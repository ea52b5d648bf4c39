// @module-tag long
import { describeSqlite } from '../../../test/support/stores.ts';
import { storm, testStorm } from './storm.ts';

describeSqlite(storm, testStorm);
