-- Up Migration
create schema if not exists platform;
