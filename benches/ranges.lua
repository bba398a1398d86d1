-- Asks for random ranges of one file: `wrk … ADDRESS -- LENGTH-OF-A-RANGE SIZE-OF-THE-FILE`.
local length, size

function init(arguments)
    length, size = tonumber(arguments[1]), tonumber(arguments[2])
    math.randomseed(1)
end

function request()
    local first = math.random(0, size - length)
    return wrk.format("GET", nil, { ["Range"] = string.format("bytes=%d-%d", first, first + length - 1) })
end

function done(summary)
    io.write(string.format("bytes: %d\n", summary.bytes))
end
