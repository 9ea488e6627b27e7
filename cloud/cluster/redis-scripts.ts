/** So long the record of a lease is kept that nobody has any more. */
const recordLifeMs = 7 * 86_400_000;

/**
 * The scripts of the Redis engine. Each is one step for all copies; all keys of a cluster are in one hash slot. Epochs
 * are at least the server's time, so that they grow even where the server has forgotten all.
 */
export const redisScripts = {
  /**
   * KEYS: lease. ARGV: copy, ttl, how it may be taken (a `Taking`), epoch of the last grant that the copy knows. Answers
   * holder, grant before, milliseconds left, and 1 where the server has forgotten a grant that the copy knows. The record
   * `copy|epoch end life` outlives the lease, so that one that is over differs from one that the server has lost.
   */
  acLease: {
    numberOfKeys: 1,
    lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[2])
local record = redis.call('GET', KEYS[1]) or ''
local last, holder, epoch, ends, life = string.match(record, '^((.*)|(%d+)) (%d+) (%d+)$')
local function write(text, ends, life)
  redis.call('SET', KEYS[1], text .. string.format(' %.0f %.0f', ends, life), 'PX', string.format('%.0f', life + ${recordLifeMs}))
end
last, epoch = last or '', tonumber(epoch) or 0
-- Where the clock was set back, it ends in time all the same.
local left = math.max(0, math.min((tonumber(ends) or 0) - now, tonumber(life) or 0))
if left > 0 and left < ends - now then write(last, now + left, life) end
local mine = left > 0 and holder == ARGV[1]
if ttl == 0 then
  if mine then write(last, 0, 0) left = 0 end
  return {left > 0 and last or '', last, 0, 0}
end
if mine then
  write(last, now + ttl, ttl)
  return {last, last, ttl, 0}
end
if left > 0 then return {last, last, left, 0} end
if ARGV[3] ~= 'anew' then
  if epoch < tonumber(ARGV[4]) then return {'', last, 0, 1} end
  if ARGV[3] == 'no' or ARGV[3] == 'freed' and (tonumber(ends) or 0) > 0 then return {'', last, 0, 0} end
end
local text = ARGV[1] .. '|' .. string.format('%.0f', math.max(epoch + 1, ARGV[4] + 1, now))
write(text, now + ttl, ttl)
return {text, last, ttl, 0}`,
  },
  /**
   * KEYS: group, lease. ARGV: expected holder or blank, milliseconds for which the group is kept or 0 for ever, then
   * fields and values. Answers whether it was written.
   */
  acMark: {
    numberOfKeys: 2,
    lua: `
local fence = ARGV[1] .. ' '
if fence ~= ' ' and string.sub(redis.call('GET', KEYS[2]) or '', 1, #fence) ~= fence then return 0 end
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
   * KEYS: stream, tickets by ids, outcome. ARGV: id, text, milliseconds for which what nobody asks for is kept. Answers
   * the outcome, blank while there is none.
   */
  acSubmit: {
    numberOfKeys: 3,
    lua: `
local outcome = redis.call('GET', KEYS[3])
if outcome then return outcome end
local ticket = redis.call('HGET', KEYS[2], ARGV[1])
if not ticket or #redis.call('XRANGE', KEYS[1], ticket, ticket) == 0 then
  redis.call('HSET', KEYS[2], ARGV[1], redis.call('XADD', KEYS[1], '*', 'i', ARGV[1], 't', ARGV[2]))
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return ''`,
  },
  /** KEYS: stream, tickets by ids, outcome. ARGV: ticket, id, outcome, milliseconds for which it is kept. */
  acSettle: {
    numberOfKeys: 3,
    lua: `
-- Where the stream was lost meanwhile, it was handed over anew.
redis.call('XDEL', KEYS[1], ARGV[1], redis.call('HGET', KEYS[2], ARGV[2]) or ARGV[1])
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
-- Each copy waits for one moment at a time: what is later than those of a hundred was before the clock was set back.
for text in string.gmatch(redis.call('GET', KEYS[1]) or '', '%S+') do
  local moment = tonumber(text)
  if moment and moment <= now + 100 * step then table.insert(known, moment) end
end
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
