// Jest runs the TypeScript sources as ES modules, against the servers that global-setup.ts starts. The journeys need
// the built product and Chromium; they get a longer time-out by their own `jest.setTimeout`.
import { availableParallelism } from 'node:os';

export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 30_000,
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/test/**/*.test.tsx'],
  // Tests wait for servers more than they compute, so two cores carry three; beyond four, the one PostgreSQL is the limit.
  maxWorkers: Math.min(4, Math.max(3, availableParallelism() - 1)),
  // ES modules in vm contexts are freed late: a worker that has grown is replaced between files.
  workerIdleMemoryLimit: '1200MB',
};
