#!/usr/bin/perl

# docs/recipes/send: the document of every page is good, and its event becomes the request that the page
# shows.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $folder = $t->root . '/docs/recipes/send';
my %page = map { m{/([\w-]+)\.md$} && $1 ne 'README' ? ($1 => slurp($_)) : () } glob "'$folder/'*.md";
cmp_ok scalar keys %page, '>=', 20, 'pages: ' . keys %page;
my $index = slurp("$folder/README.md");

my $secrets = $t->dir . '/secrets';
mkdir $secrets, 0700 or die "$secrets: $!";

# Headers that every request has are not shown.
my %common = map { $_ => 1 } qw(host user-agent ce-id ce-source ce-type ce-time ce-specversion webhook-id
    webhook-timestamp content-length);

sub block ($page, $name) {
    return $page{$page} =~ /^```\w+ $name\n(.*?)\n```$/ms ? $1 : die "$page: no block \"$name\"";
}

sub make_secret ($name) {
    spew("$secrets/$name", '0123456789abcdef0123456789abcdef');
    chmod 0600, "$secrets/$name";
}

# The request as a page shows it.
sub shown ($out) {
    my ($head, $body) = split /\n\n/, $out, 2;
    my ($line, @headers) = split /\n/, $head;
    @headers = grep {
        my ($name, $value) = /^([^:]+): (.*)/;
        !$common{ lc $name } && !(lc $name eq 'accept' && $value eq '*/*')
    } @headers;
    chomp $body if defined $body;
    return join("\n", $line, @headers) . (length($body // '') ? "\n\n$body" : '');
}

for my $page (sort keys %page) {
    like $page{$page}, qr/\A# \S.*\n\n\S.*\n\n```json document\n/, "$page: title, a sentence, the document";
    like $index, qr/\(\Q$page\E\.md\)/, "$page: is listed";
    my $document = block($page, 'document');
    make_secret($_) for $document =~ /secret:([\w.-]+)/g;
    my ($of, $event) = ($t->dir . "/$page.json", $t->dir . "/$page-event.json");
    spew($of, "[$document]");
    spew($event, block($page, 'event'));
    my $made = $t->ctl('endpoint', 'test', from_json($document)->{id}, '--dry-run', '--document', $of,
        '--event', $event, '--secrets-dir', $secrets, '--clock', '2026-11-30T10:15:01Z');
    is $made->{exit}, 0, "$page: a request";
    is $made->{err}, '', "$page: the event fits \"match\"";
    is shown($made->{out}), block($page, 'request'), "$page: the request";
    unlike $page{$page}, qr/0123456789abcdef/, "$page: no secret";
}
done_testing;
