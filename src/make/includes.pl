#!/usr/bin/perl

# includes.pl [FOLDER]: the direction of the includes below FOLDER/src. Layers include only what is below
# them, libraries stay in the layers that may know them, and no two folders include each other in a circle.
# Prints each fault; exit 1 when there is one.

use v5.36;
use File::Find qw(find);

# What a layer may include; itself always.
my %below = (
    base => [],
    event => [qw(base)],
    signature => [qw(base event)],
    store => [qw(base event signature)],
    module => [qw(base event signature store)],
    endpoint => [qw(base event signature store)],
    link => [qw(base event signature store endpoint)],
    worker => [qw(base event signature store endpoint link)],
    admin => [qw(base event signature store endpoint link)],
    ctl => [qw(base event signature store endpoint link admin)],
);
# Where the headers of a library may be included.
my @only = (
    [ 'nginx' => qr/^(?:ngx_|nginx\.h)/, qw(module) ],
    [ 'Boost' => qr/^boost\//, qw(link worker admin ctl) ],
    [ 'nlohmann-json' => qr/^nlohmann\//, qw(endpoint worker admin ctl) ],
    [ 'CLI11' => qr/^CLI\//, qw(worker ctl) ],
    [ 'spdlog' => qr/^spdlog\//, qw(link worker admin) ],
);

chdir($ARGV[0] // '.') or die "$ARGV[0]: $!\n";
my (@faults, %arrow);

sub layer ($path) { return $path =~ m{^([^/]+)/} ? $1 : '' }
sub folder ($path) { return $path =~ m{^(.*)/} ? $1 : '' }

sub look_at ($path, $line, $form, $name) {
    my $layer = layer($path);
    if ($form eq '<') {
        for (@only) {
            my ($library, $pattern, @layers) = @$_;
            push @faults, "src/$path:$line: $library belongs to @layers, not to $layer"
                if $name =~ $pattern && !grep { $_ eq $layer } @layers;
        }
        return;
    }
    my $to = layer($name);
    if (!-e "src/$name") { push @faults, "src/$path:$line: \"$name\": give the path from src on" }
    elsif (!$below{$to}) {
        push @faults, "src/$path:$line: src/make/includes.pl does not know where the layer \"$to\" is";
    }
    elsif ($to ne $layer && !grep { $_ eq $to } @{ $below{$layer} }) {
        push @faults, "src/$path:$line: $layer includes $name: $to is not below it";
    }
    $arrow{ folder($path) }{ folder($name) } //= "src/$path:$line" if folder($path) ne folder($name);
}

my @files;
find({ no_chdir => 1, wanted => sub { push @files, s{^src/}{}r if /\.[ch](?:pp)?$/ } }, 'src');
for my $path (sort @files) {
    my $layer = layer($path);
    if (!$below{$layer}) {
        push @faults, "src/$path: src/make/includes.pl does not know where the layer \"$layer\" is";
        next;
    }
    open my $in, '<', "src/$path" or die "src/$path: $!\n";
    while (my $text = <$in>) { look_at($path, $., $1, $2) if $text =~ /^\s*#\s*include\s*([<"])([^>"]+)[>"]/ }
}

# A circle is found from the folder at which it is entered; each is named once.
my (%state, %named);
sub walk ($folder, @way) {
    if (($state{$folder} // '') eq 'open') {
        my @circle = (@way[ (grep { $way[$_] eq $folder } 0 .. $#way)[0] .. $#way ], $folder);
        push @faults,
              'circle: '
            . join(' -> ', @circle) . ' ('
            . join(', ', map { $arrow{ $circle[$_] }{ $circle[ $_ + 1 ] } } 0 .. $#circle - 1) . ')'
            if !$named{ join ' ', sort @circle }++;
        return;
    }
    return if $state{$folder};
    $state{$folder} = 'open';
    walk($_, @way, $folder) for sort keys %{ $arrow{$folder} // {} };
    $state{$folder} = 'done';
}
walk($_) for sort keys %arrow;

say for @faults;
die "no sources\n" if !@files;
exit !!@faults;
