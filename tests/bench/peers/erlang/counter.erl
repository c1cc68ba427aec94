%% The plainest gen_server: one counter.
-module(counter).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() -> gen_server:start(?MODULE, [], []).

init([]) -> {ok, 0}.

handle_call(get, _From, N) -> {reply, N, N}.

handle_cast({add, K}, N) -> {noreply, N + K};
handle_cast(work, N) -> work(300), {noreply, N + 1};
%% The ring: the next neighbour sits in the process dictionary.
handle_cast({next, Pid}, N) -> put(next, Pid), {noreply, N};
handle_cast({hop, 0, Done}, N) -> Done ! done, {noreply, N};
handle_cast({hop, Left, Done}, N) -> gen_server:cast(get(next), {hop, Left - 1, Done}), {noreply, N}.

work(0) -> ok;
work(K) -> work(K - 1).
