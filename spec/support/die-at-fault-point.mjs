/**
 * Kills the process that loads it (`node --import`) with SIGKILL, before or after the n-th operation of a kind:
 *
 *     FAULT_POINT=append:before:7
 *
 * Which operations there are: `fault-point.ts`. What is hit is said on standard error at once; where nothing is said,
 * the run came to its end before.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import sqlite3 from 'sqlite3'

const [wanted, when, number] = (process.env.FAULT_POINT ?? '').split(':')
let met = 0

/** Does an operation, and dies before or after it when it is the one that is waited for. */
function pass(kind, operate) {
  if (kind !== wanted) return operate()
  met += 1
  if (met !== Number(number)) return operate()
  if (when === 'before') die()
  const result = operate()
  if (typeof result?.then !== 'function') die()
  return result.then(die)
}

function die() {
  fs.writeSync(2, `FAULT_POINT ${process.env.FAULT_POINT} hit\n`)
  process.kill(process.pid, 'SIGKILL')
  for (;;); // no further statement, until the signal is there
}

const isJournal = path => basename(String(path)).endsWith('.journal')
/** Descriptors of journals that were opened. */
const journals = new Set()

const { openSync, closeSync, writeSync, ftruncateSync, unlinkSync } = fs
fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest)
  if (isJournal(path)) journals.add(descriptor)
  return descriptor
}
fs.closeSync = descriptor => {
  journals.delete(descriptor)
  closeSync(descriptor)
}
fs.writeSync = (descriptor, ...rest) => {
  const write = () => writeSync(descriptor, ...rest)
  // With a length given, zeros are laid over what is to be cut.
  const isAppend = journals.has(descriptor) && rest[2] === undefined
  return isAppend ? pass('append', write) : write()
}
fs.ftruncateSync = (descriptor, ...rest) => {
  const cut = () => ftruncateSync(descriptor, ...rest)
  return journals.has(descriptor) ? pass('cut', cut) : cut()
}
fs.unlinkSync = path => {
  const unlink = () => unlinkSync(path)
  return isJournal(path) ? pass('unlink', unlink) : unlink()
}

const { rename } = fs.promises
fs.promises.rename = (from, to) => {
  const move = () => rename(from, to)
  return String(from).endsWith('.partial') ? pass('rename', move) : move()
}
syncBuiltinESMExports()

const { run } = sqlite3.Statement.prototype
sqlite3.Statement.prototype.run = function runPassing(...given) {
  if (this.sql !== 'COMMIT') return run.apply(this, given)
  const done = given.pop()
  passing('transaction', done, told => run.call(this, ...given, told))
  return this
}

const { exec } = sqlite3.Database.prototype
sqlite3.Database.prototype.exec = function execPassing(script, done) {
  if (!/INTO batch_rows/.test(script)) return exec.call(this, script, done)
  // What the journal holds is written in one script: it is stopped where it would commit.
  exec.call(this, script.replace(/COMMIT$/, ''), error => {
    if (error) done.call(this, error)
    else passing('commit', done, told => exec.call(this, 'COMMIT', told))
  })
  return this
}

/** `commit` takes a callback, whose arguments `done` gets when the process still lives. */
function passing(kind, done, commit) {
  const committed = () =>
    new Promise(resolve => {
      commit(function told(...result) {
        resolve(() => done.apply(this, result))
      })
    })
  void pass(kind, committed).then(tell => tell())
}
