%% Lateness, in buckets of 0.1 ms up to 10 s. Any process may add.
-module(lateness).
-export([new/0, add/2, percentile/2, total/1, reset/1]).
-define(BUCKETS, 100000).

new() -> counters:new(?BUCKETS, [write_concurrency]).
add(H, Us) -> counters:add(H, max(1, min(?BUCKETS, Us div 100 + 1)), 1).
reset(H) -> [counters:put(H, I, 0) || I <- lists:seq(1, ?BUCKETS)], ok.
total(H) -> lists:sum(counts(H)).
counts(H) -> [counters:get(H, I) || I <- lists:seq(1, ?BUCKETS)].

%% The upper edge, in ms, of the bucket that holds this share of all entries.
percentile(H, Share) ->
    Counts = counts(H),
    walk(Counts, 1, 0, max(1, ceil(Share * lists:sum(Counts)))).

walk([], I, _, _) -> (I - 1) / 10;
walk([C | _], I, Seen, Wanted) when Seen + C >= Wanted -> I / 10;
walk([C | Rest], I, Seen, Wanted) -> walk(Rest, I + 1, Seen + C, Wanted).
