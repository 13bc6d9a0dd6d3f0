#!/usr/bin/perl

# The Lua scripts: each is embedded unchanged, documents its keys and arguments and reads them at its top; the
# check finds faults.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t    = Test::Webhook->new;
my $root = $t->root;
opendir my $folder, "$root/src/store/lua" or die "src/store/lua: $!\n";
my @scripts = sort grep {/\.lua$/} readdir $folder;
cmp_ok scalar @scripts, '>', 20, 'there are scripts';

my $module = slurp($t->build_dir . '/libwebhook.a');
my %part   = map { $_ => 1 }    # arguments: see their heads
    qw(append.lua deliveries.lua lanes.lua seen_ids.lua reserve.lua confirm.lua release.lua renew.lua);
for my $name (@scripts) {
    my $text = slurp("$root/src/store/lua/$name");
    ok index($module, $text) >= 0, "$name: embedded as it stands";
    like $text, qr/\A(?:#!lua [^\n]*\n)?--/, "$name: begins with what it does";
    my ($head, $rest) = $text =~ /\A((?:#!.*\n)?(?:--.*\n)+(?:local .*\n(?: +.*\n)*)*)(.*)\z/s;
    if ($part{$name}) {
        unlike $text =~ s/^ *--.*//mgr, qr/\b(?:KEYS|ARGV)\b/, "$name: no arguments of its own";
        next;
    }
    like $head,   qr/^--.*\bKEYS: /m,    "$name: lists its keys";
    like $head,   qr/^--.*\bARGV:/m,     "$name: lists its arguments" if $text =~ /^[^-\n]*\bARGV\b/m;
    unlike $rest, qr/\b(?:KEYS|ARGV)\b/, "$name: gives them names once, at the top";
}
my @unsent = grep { slurp("$root/src/store/lua.hpp") !~ /\b\Q@{[ s{\.lua}{}r ]}\E\(\)/ } @scripts;
is_deeply \@unsent, [], 'none without a name in C++';

# check(TEXT): what check-quick says of such a script.
sub check ($text) {
    my $result =
        $t->run([ "$root/src/make/check.sh", 'quick', $t->write('a script.lua', $text) ], cwd => $root);
    return $result->{out} . $result->{err};
}
SKIP: {
    skip 'luacheck of Debian 12 judges scripts', 1
        if `luacheck --version 2>&1` !~ /^Luacheck: 1\.1\./ || `luac5.1 -v 2>&1` !~ /^Lua 5\.1/;
    unlike check("local key = KEYS[1]\nreturn redis.call('GET', key)\n"), qr/FAILED:.*lua/, 'a good script';
    like check("local key = KEYS[1]\nreturn redis.call('GET', key\n"),    qr/FAILED:.*lua/, 'broken syntax';
    like check("local x <const> = 1\nreturn x\n"),                        qr/FAILED:.*lua/, 'Lua 5.4';
    like check("goto done\n::done::\nreturn 1\n"),                        qr/FAILED:.*lua/, 'Lua 5.2';
    like check("key = KEYS[1]\nreturn key\n"), qr/setting non-standard global variable 'key'.*FAILED:.*lua/s,
        'a global variable, which Redis refuses at run time';
    like check("return redis.call('GET', kye)\n"), qr/accessing undefined variable 'kye'.*FAILED:.*lua/s,
        'a misspelt name';
    like check("local key, more = KEYS[1], KEYS[2]\nreturn key\n"),
        qr/unused variable 'more'.*FAILED:.*lua/s, 'an unused argument';
}

done_testing;
