import { createHttp } from '../../src/http/index.ts';
import { testHttp } from '../../src/testing/http-contract.ts';

testHttp('got and undici', createHttp);
