// @module-tag long
import { describePostgres } from '../../../test/support/stores.ts';
import { storm, testStorm } from './storm.ts';

describePostgres(storm, testStorm);
