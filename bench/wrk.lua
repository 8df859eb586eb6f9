-- Arguments: the key, and a file with a target on each line; of many, each request takes the next one.

function init(args)
   wrk.headers["Authorization"] = "Bearer " .. args[1]
   local requests = {}
   for target in io.lines(args[2]) do
      requests[#requests + 1] = wrk.format("GET", target)
      wrk.path = target
   end
   if #requests > 1 then
      local last = 0
      request = function()
         last = last % #requests + 1
         return requests[last]
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "microseconds": %d, "failures": %d, "p50": %d, "p99": %d}\n',
      summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
