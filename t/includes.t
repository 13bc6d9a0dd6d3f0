#!/usr/bin/perl

# The direction of includes: our sources are in order, and what is not is found.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $script = $t->root . '/src/make/includes.pl';

my $ours = $t->run([ $script, $t->root ]);
is $ours->{out} . $ours->{err}, '', 'our sources: no fault';
is $ours->{exit}, 0, 'our sources: exit';

# tree(FILE => INCLUDE...): (exit code, what is said about a tree of these files)
my $trees = 0;
sub tree (%files) {
    my $name = 'tree' . ++$trees;
    $t->write("$name/src/$_", '#pragma once' . "\n$files{$_}\n") for keys %files;
    my $result = $t->run([ $script, $t->file($name) ]);
    return $result->{exit} . ' ' . $result->{out} . $result->{err};
}

my %text = ('event/text.hpp' => '');
is tree(%text, 'signature/key.cpp' => '#include "event/text.hpp"',
    'store/lease.cpp' => '#include "event/text.hpp"'), '0 ', 'down: right';
for my $case (
    [ 'event', 'signature' ], [ 'event', 'store' ], [ 'event', 'module' ], [ 'signature', 'store' ],
    [ 'signature', 'endpoint' ], [ 'store', 'module' ], [ 'store', 'worker' ],
    [ 'module', 'worker' ], [ 'module', 'endpoint' ], [ 'endpoint', 'worker' ], [ 'endpoint', 'ctl' ],
    [ 'worker', 'ctl' ], [ 'ctl', 'worker' ], [ 'ctl', 'module' ], [ 'base', 'event' ],
) {
    my ($from, $to) = @$case;
    is tree("$from/a.cpp" => qq{#include "$to/b.hpp"}, "$to/b.hpp" => ''),
        "1 src/$from/a.cpp:2: $from includes $to/b.hpp: $to is not below it\n", "up: $from to $to";
}
like tree('store/a.cpp' => '#  include  "worker/deep/b.hpp"', 'worker/deep/b.hpp' => ''),
    qr/^1 .*worker is not below it/, 'into a folder below';
for my $case ([ 'event', '<ngx_core.h>' ], [ 'store', '<ngx_http.h>' ], [ 'worker', '<nginx.h>' ],
    [ 'ctl', '<ngx_config.h>' ])
{
    like tree("$case->[0]/a.cpp" => "#include $case->[1]"),
        qr/^1 .*a\.cpp:2: nginx belongs to module, not to $case->[0]$/, "nginx in $case->[0]";
}
is tree('module/a.cpp' => '#include <ngx_core.h>'), '0 ', 'nginx in module: right';
like tree('signature/a.cpp' => '#include <boost/asio.hpp>'), qr/^1 .*Boost belongs to/, 'Boost in signature';
like tree('store/a.cpp' => '#include <nlohmann/json.hpp>'), qr/^1 .*nlohmann-json belongs to/,
    'nlohmann in store';
like tree('module/x/a.hpp' => '#include "module/y/b.hpp"', 'module/y/b.hpp' => '',
    'module/y/c.hpp' => '#include "module/x/a.hpp"'),
    qr{^1 circle: module/x -> module/y -> module/x \(src/module/x/a\.hpp:2, src/module/y/c\.hpp:2\)$},
    'two folders in a circle';
like tree('worker/a/1.hpp' => '#include "worker/b/2.hpp"', 'worker/b/2.hpp' => '#include "worker/c/3.hpp"',
    'worker/c/3.hpp' => '#include "worker/a/4.hpp"', 'worker/a/4.hpp' => ''),
    qr{^1 circle: worker/a -> worker/b -> worker/c -> worker/a}, 'three in a circle, of files that have none';
like tree('worker/1.hpp' => '#include "worker/send/2.hpp"', 'worker/send/2.hpp' => '#include "worker/3.hpp"',
    'worker/3.hpp' => ''), qr{^1 circle: worker}, 'a folder and the one in it';
like tree('event/a.hpp' => '#include "text.hpp"', %text), qr/give the path from src on/,
    'a path from somewhere else';
like tree('gadgets/a.hpp' => ''), qr/does not know where the layer "gadgets" is/, 'an unknown layer';

done_testing;
