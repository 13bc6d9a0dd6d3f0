#!/usr/bin/perl

# The direction of includes: our sources are in order, and what is not is found.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t      = Test::Webhook->new;
my $script = $t->root . '/src/make/includes.pl';

my $ours = $t->run([ $script, $t->root ]);
is $ours->{out} . $ours->{err}, '', 'our sources: no fault';
is $ours->{exit},               0,  'our sources: exit';

# tree(FILE => INCLUDE...): (exit code, what is said about a tree of these files)
my $trees = 0;

sub tree (%files) {
    my $name = 'tree' . ++$trees;
    $t->write("$name/src/$_", '#pragma once' . "\n$files{$_}\n") for keys %files;
    my $result = $t->run([ $script, $t->file($name) ]);
    return $result->{exit} . ' ' . $result->{out} . $result->{err};
}

my %text = ('event/text.hpp' => '');
is tree(
    %text,
    'signature/keys/key.cpp' => '#include "event/text.hpp"',
    'store/lease.cpp'        => '#include "event/text.hpp"'
    ),
    '0 ', 'down: right';
sub in ($layer) { return { signature => 'signature/model', module => 'module/ngx' }->{$layer} // $layer }
for my $case (
    [ 'event',     'signature' ],
    [ 'event',     'store' ],
    [ 'event',     'module' ],
    [ 'signature', 'store' ],
    [ 'signature', 'endpoint' ],
    [ 'store',     'module' ],
    [ 'store',     'worker' ],
    [ 'module',    'worker' ],
    [ 'module',    'endpoint' ],
    [ 'endpoint',  'worker' ],
    [ 'endpoint',  'ctl' ],
    [ 'worker',    'ctl' ],
    [ 'ctl',       'worker' ],
    [ 'ctl',       'module' ],
    [ 'base',      'event' ],
    )
{
    my ($from, $to)    = @$case;
    my ($file, $above) = (in($from) . '/a.cpp', in($to) . '/b.hpp');
    is tree($file => qq{#include "$above"}, $above => ''),
        "1 src/$file:2: $from includes $above: $to is not below it\n", "up: $from to $to";
}
like tree('store/a.cpp' => '#  include  "worker/send/b.hpp"', 'worker/send/b.hpp' => ''),
    qr/^1 .*worker is not below it/, 'into a folder below';
for my $case (
    [ 'event',  '<ngx_core.h>' ],
    [ 'store',  '<ngx_http.h>' ],
    [ 'worker', '<nginx.h>' ],
    [ 'ctl',    '<ngx_config.h>' ]
    )
{
    like tree("$case->[0]/a.cpp" => "#include $case->[1]"),
        qr/^1 .*a\.cpp:2: nginx belongs to module, not to $case->[0]$/, "nginx in $case->[0]";
}
is tree('module/ngx/a.cpp' => '#include <ngx_core.h>'), '0 ', 'nginx in module: right';
like tree('signature/keys/a.cpp' => '#include <boost/asio.hpp>'), qr/^1 .*Boost belongs to/,
    'Boost in signature';
like tree('store/a.cpp' => '#include <nlohmann/json.hpp>'), qr/^1 .*nlohmann-json belongs to/,
    'nlohmann in store';

# --- parts of a layer ---
is tree('signature/verify/a.cpp' => '#include "signature/model/b.hpp"', 'signature/model/b.hpp' => ''), '0 ',
    'parts: down';
for my $case (
    [ 'signature/model',     'signature/verify' ],
    [ 'signature/language', 'signature/catalogue' ],
    [ 'signature/verify',    'signature/sign' ],
    [ 'module/ngx',          'module/redis' ],
    [ 'module/stats',        'module/request' ],
    [ 'module/gate',         'module/conf' ],
    [ 'module/conf',         'module/gate' ],
    [ 'worker/send',         'worker/redis' ],
    )
{
    my ($from, $to) = @$case;
    is tree("$from/a.cpp" => qq{#include "$to/b.hpp"}, "$to/b.hpp" => ''),
        "1 src/$from/a.cpp:2: $from includes $to/b.hpp: $to is not below it\n", "up: $from to $to";
}
like tree('module/redis/a.hpp' => '#include "module/settings.hpp"', 'module/settings.hpp' => ''),
    qr{^1 .*module/redis includes module/settings\.hpp: module/settings is not below it$},
    'up to a file of the layer';
is tree(
    'module/stats/a.hpp'  => '#include "module/settings.hpp"',
    'module/settings.hpp' => '#include "module/redis/b.hpp"',
    'module/redis/b.hpp'  => ''
    ),
    '0 ', 'a file of the layer between two parts';
like tree('worker/send/2.hpp' => '#include "worker/3.hpp"', 'worker/3.hpp' => ''),
    qr{^1 .*worker/send includes worker/3\.hpp: worker itself is not below it$},
    'up to the rest of the layer';
like tree('module/x/a.hpp' => ''),
    qr{^1 src/module/x/a\.hpp: .* does not know where the part "module/x" is$}, 'an unknown part';

# --- circles ---
like tree('ctl/a.hpp' => '#include "ctl/b.hpp"', 'ctl/b.hpp' => '', 'ctl/b.cpp' => '#include "ctl/a.hpp"'),
    qr{^1 circle: ctl/a -> ctl/b -> ctl/a \(src/ctl/a\.hpp:2, src/ctl/b\.cpp:2\)$},
    'two components, by the source of one';
like tree(
    'signature/verify/a.hpp' => '#include "signature/verify/b.hpp"',
    'signature/verify/b.hpp' => '#include "signature/verify/a.hpp"'
    ),
    qr{^1 circle: signature/verify/a -> },
    'two components of a part';
is tree('ctl/a.cpp' => '#include "ctl/a.hpp"', 'ctl/a.hpp' => ''), '0 ',
    'a source and its header are one component';
like tree(
    'admin/x/a.hpp' => '#include "admin/y/b.hpp"',
    'admin/y/b.hpp' => '',
    'admin/y/c.hpp' => '#include "admin/x/a.hpp"'
    ),
    qr{^1 circle: admin/x -> admin/y -> admin/x \(src/admin/x/a\.hpp:2, src/admin/y/c\.hpp:2\)$},
    'two folders in a circle';
like tree(
    'admin/a/1.hpp' => '#include "admin/b/2.hpp"',
    'admin/b/2.hpp' => '#include "admin/c/3.hpp"',
    'admin/c/3.hpp' => '#include "admin/a/4.hpp"',
    'admin/a/4.hpp' => ''
    ),
    qr{^1 circle: admin/a -> admin/b -> admin/c -> admin/a}, 'three in a circle, of files that have none';

# --- what cannot be judged ---
like tree('event/a.hpp' => '#include "text.hpp"', %text), qr/give the path from src on/,
    'a path from somewhere else';
like tree('gadgets/a.hpp' => ''), qr/does not know where the layer "gadgets" is/, 'an unknown layer';

done_testing;
