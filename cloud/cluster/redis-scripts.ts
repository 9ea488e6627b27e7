/**
 * The scripts of the Redis engine. Each is one step for all copies; all keys of a cluster are in one hash slot. Epochs
 * are at least the server's time, so that they grow even where the server has forgotten all.
 */
export const redisScripts = {
  /** KEYS: lease, last grant. ARGV: copy, ttl, may take. Answers holder, grant before, milliseconds left. */
  acLease: {
    numberOfKeys: 2,
    lua: `
local held = redis.call('GET', KEYS[1]) or ''
local last = redis.call('GET', KEYS[2]) or ''
local mine = string.sub(held, 1, #ARGV[1] + 1) == ARGV[1] .. '|'
if ARGV[2] == '0' then
  if mine then redis.call('DEL', KEYS[1]) held = '' end
  return {held, last, 0}
end
if mine then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {held, last, tonumber(ARGV[2])}
end
if held ~= '' or ARGV[3] ~= '1' then return {held, last, math.max(0, redis.call('PTTL', KEYS[1]))} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch = math.max((tonumber(string.match(last, '|(%d+)$')) or 0) + 1, now)
local text = ARGV[1] .. '|' .. string.format('%.0f', epoch)
redis.call('SET', KEYS[1], text, 'PX', ARGV[2])
redis.call('SET', KEYS[2], text)
return {text, last, tonumber(ARGV[2])}`,
  },
  /**
   * KEYS: group, lease. ARGV: expected holder or blank, milliseconds for which the group is kept or 0 for ever, then
   * fields and values. Answers whether it was written.
   */
  acMark: {
    numberOfKeys: 2,
    lua: `
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i])
  else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`,
  },
  /** KEYS: group. Answers the time, and fields and values. */
  acAsk: {
    numberOfKeys: 1,
    lua: `
local time = redis.call('TIME')
return {time[1] * 1000 + math.floor(time[2] / 1000), redis.call('HGETALL', KEYS[1])}`,
  },
  /**
   * KEYS: stream, known ids, outcome. ARGV: id, text, milliseconds for which what nobody asks for is kept. Answers the
   * outcome, blank while there is none.
   */
  acSubmit: {
    numberOfKeys: 3,
    lua: `
local outcome = redis.call('GET', KEYS[3])
if outcome then return outcome end
if redis.call('HSETNX', KEYS[2], ARGV[1], '1') == 1 then redis.call('XADD', KEYS[1], '*', 'i', ARGV[1], 't', ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return ''`,
  },
  /** KEYS: stream, known ids, outcome. ARGV: ticket, id, outcome, milliseconds for which it is kept. */
  acSettle: {
    numberOfKeys: 3,
    lua: `
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
return 1`,
  },
  /**
   * KEYS: moments of requests. ARGV: requests a second, window in milliseconds that stands for a second, how many may go
   * out back to back. Gives the request the next moment that is free and answers the milliseconds until then, as a text.
   * Never more than a second's worth in any window, and evenly spaced, so that two that are late do not meet. GCRA
   * alone lets more through in a second after a pause.
   */
  acPace: {
    numberOfKeys: 1,
    lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local limit = math.max(1, math.floor(tonumber(ARGV[1])))
local step = tonumber(ARGV[2]) / tonumber(ARGV[1])
local known = {}
for moment in string.gmatch(redis.call('GET', KEYS[1]) or '', '%S+') do table.insert(known, tonumber(moment)) end
local due = table.remove(known, 1) or 0
while #known > limit do table.remove(known, 1) end
local free = math.max(now, due - (tonumber(ARGV[3]) - 1) * step)
if #known == limit then free = math.max(free, known[1] + limit * step) end
table.insert(known, free)
local texts = {string.format('%.3f', math.max(free, due) + step)}
for _, moment in ipairs(known) do table.insert(texts, string.format('%.3f', moment)) end
redis.call('SET', KEYS[1], table.concat(texts, ' '), 'PX', math.ceil(free - now + (limit + 1) * step))
return string.format('%.3f', free - now)`,
  },
} as const;
